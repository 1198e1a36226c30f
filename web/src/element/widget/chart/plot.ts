/** Where things stand on a chart of a given size, in pixels. Pure. */
import type { ChartModel } from "./model";

export interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Width of a category. */
  band: number;
  /** Every how many categories there is room for a label. */
  every: number;
  y(value: number): number;
  start(category: number): number;
  centre(category: number): number;
  /** The category at a horizontal place, or −1. */
  category(x: number): number;
  /** The place of one bar of `count` side by side in a category. */
  bar(column: number, count: number): { width: number; x: (category: number) => number };
}

const LABEL_WIDTH = 56;
const WIDEST_BAR = 64;

export function plot(
  { categories, ticks, showXAxis, showYAxis }: ChartModel,
  size: { width: number; height: number },
  gaps: { bar?: number; category?: number },
  tickLabel: (tick: number) => string,
): Plot {
  const widest = Math.max(...ticks.map((tick) => tickLabel(tick).length));
  const left = showYAxis ? widest * 6.5 + 12 : 1;
  const right = Math.max(size.width - 1, left + 1);
  const top = 8;
  const bottom = Math.max(size.height - (showXAxis ? 24 : 4), top + 1);
  const [least, most] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const band = (right - left) / Math.max(categories.length, 1);
  const start = (category: number) => left + category * band;
  return {
    left,
    right,
    top,
    bottom,
    band,
    every: Math.max(1, Math.ceil(LABEL_WIDTH / band)),
    y: (value) => bottom - ((value - least) / (most - least || 1)) * (bottom - top),
    start,
    centre: (category) => start(category) + band / 2,
    category: (x) => {
      const found = Math.floor((x - left) / band);
      return found >= 0 && found < categories.length ? found : -1;
    },
    bar: (column, count) => {
      const between = gaps.bar ?? 4;
      const room = band - Math.min(gaps.category ?? band * 0.24, band * 0.9) - between * (count - 1);
      const width = Math.min(Math.max(room / count, 1), WIDEST_BAR);
      const all = width * count + between * (count - 1);
      return { width, x: (category) => start(category) + (band - all) / 2 + column * (width + between) };
    },
  };
}
