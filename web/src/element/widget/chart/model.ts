/** What a chart shows, read from its JSON: categories, series, stacked values, the scale. Pure; knows no pixels. */
import { isObject, objects } from "../../protocol/json";
import { CHART_COLORS, color } from "../colors";
import { among, type Component, flag, words } from "../component";

export interface Series {
  kind: "bar" | "area" | "line";
  label: string;
  color: string;
  curve: string;
  /** Series of one stack stand on each other. */
  stack: string;
  /** Lower and upper end of each category's value; null where there is none. */
  spans: readonly (readonly [from: number, to: number] | null)[];
  values: readonly (number | null)[];
}

export interface ChartModel {
  categories: readonly string[];
  series: readonly Series[];
  ticks: readonly number[];
  showXAxis: boolean;
  showYAxis: boolean;
  showLegend: boolean;
  showTooltip: boolean;
}

const MOST_ROWS = 500;
const MOST_SERIES = 30;

export function chartModel(component: Component): ChartModel {
  const rows = objects(component.data).slice(0, MOST_ROWS);
  const axis = isObject(component.xAxis) ? component.xAxis : { dataKey: component.xAxis };
  const labels = isObject(axis.labels) ? axis.labels : {};
  const categories = rows.map((row) => {
    const value = words(own(row, words(axis.dataKey)));
    return words(own(labels, value)) || value;
  });
  const series = readSeries(objects(component.series).slice(0, MOST_SERIES), rows);
  const ends = series.flatMap(({ spans }) => spans.flatMap((span) => span ?? []));
  return {
    categories,
    series,
    ticks: ticks(Math.min(0, ...ends), Math.max(0, ...ends)),
    showXAxis: !flag(axis.hide),
    showYAxis: flag(component.showYAxis),
    // Off only where the server says so: without them a chart of several series cannot be read.
    showLegend: component.showLegend === undefined ? series.length > 1 : flag(component.showLegend),
    showTooltip: component.showTooltip !== false,
  };
}

function readSeries(found: readonly Component[], rows: readonly Component[]): Series[] {
  const heights = new Map<string, { up: number[]; down: number[] }>();
  return found.map((one, at) => {
    const kind = among(one.type, ["bar", "area", "line"]) ?? "bar";
    const key = words(one.dataKey);
    const stack = kind === "line" ? "" : words(one.stack);
    const values = rows.map((row) => numeric(own(row, key)));
    const base = heights.get(`${kind} ${stack}`) ?? { up: rows.map(() => 0), down: rows.map(() => 0) };
    if (stack) heights.set(`${kind} ${stack}`, base);
    const spans = values.map((value, row) =>
      value === null ? null : stacked(value, stack ? base : null, row),
    );
    const tone = color(one.color, "chart") ?? color(CHART_COLORS[at % CHART_COLORS.length], "chart") ?? "";
    return {
      kind,
      label: words(one.label) || key,
      color: tone,
      curve: words(one.curveType),
      stack,
      spans,
      values,
    };
  });
}

/** Negative values are stacked downwards. */
function stacked(
  value: number,
  base: { up: number[]; down: number[] } | null,
  row: number,
): readonly [number, number] {
  if (!base) return [0, value];
  const side = value < 0 ? base.down : base.up;
  const from = side[row] ?? 0;
  side[row] = from + value;
  return [from, from + value];
}

function own(row: Component, key: string): unknown {
  return Object.hasOwn(row, key) ? row[key] : undefined;
}

function numeric(value: unknown): number | null {
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : null;
}

/** Round numbers that cover the range, three to six of them. */
export function ticks(least: number, most: number): number[] {
  const range = most - least || 1;
  const rough = 10 ** Math.floor(Math.log10(range / 4));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * rough).find((size) => range / size <= 5) ?? range;
  const found: number[] = [];
  const [first, last] = [Math.floor(least / step), Math.ceil((most || (least === 0 ? 1 : 0)) / step)];
  for (let at = first; at <= last && found.length < 12; at += 1)
    found.push(Number((at * step).toPrecision(12)));
  return found;
}
