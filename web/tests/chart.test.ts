import { expect, test } from "vitest";
import { curve } from "../src/element/widget/chart/curves";
import { chartModel, ticks } from "../src/element/widget/chart/model";
import { plot } from "../src/element/widget/chart/plot";

const DATA = [
  { month: "Jan", a: 10, b: 5 },
  { month: "Feb", a: "20", b: -5 },
  { month: "Mar", a: null, b: 1 },
];

// proves EL-71
test("series are read by their key; stacked ones stand on each other, negative ones hang", () => {
  const { categories, series } = chartModel({
    data: DATA,
    xAxis: { dataKey: "month", labels: { Feb: "February" } },
    series: [
      { type: "bar", dataKey: "a", stack: "s", label: "A" },
      { type: "bar", dataKey: "b", stack: "s", label: null },
      { type: "line", dataKey: "b" },
    ],
  });
  expect(categories).toEqual(["Jan", "February", "Mar"]);
  expect(series.map(({ label }) => label)).toEqual(["A", "b", "b"]);
  expect(series[0]?.spans).toEqual([[0, 10], [0, 20], null]);
  expect(series[1]?.spans).toEqual([
    [10, 15],
    [0, -5],
    [0, 1],
  ]);
  expect(series[2]?.spans[0]).toEqual([0, 5]);
  expect(new Set(series.map((one) => one.color)).size).toBe(3);
});

test("a chart of nonsense is an empty chart", () => {
  const model = chartModel({ data: "x", series: [null, { type: "pie" }], xAxis: 3 });
  expect(model.categories).toEqual([]);
  expect(model.ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  const at = plot(model, { width: 300, height: 100 }, {}, String);
  expect([at.y(0), at.category(10)].every(Number.isFinite)).toBe(true);
});

test.each([
  [0, 17, [0, 5, 10, 15, 20]],
  [-30, 70, [-40, -20, 0, 20, 40, 60, 80]],
  [0, 0.003, [0, 0.001, 0.002, 0.003]],
  [0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
])("the scale from %d to %d has round numbers", (least, most, expected) => {
  expect(ticks(least, most)).toEqual(expected);
});

const POINTS = [
  [0, 0],
  [10, 10],
  [20, 0],
] as const;

test.each([
  "basis basisClosed basisOpen bumpX bumpY bump linear linearClosed natural",
  "monotoneX monotoneY monotone step stepBefore stepAfter unknown constructor",
])("every curve begins at the first point and has no holes: %s", (names) => {
  for (const name of names.split(" ")) {
    const path = curve(name, POINTS);
    expect(path).toMatch(/^M0,0[LC]/);
    expect(path).not.toMatch(/NaN|undefined|Infinity/);
    expect(path.endsWith("Z")).toBe(name.endsWith("Closed"));
  }
  expect(curve(names.split(" ")[0] ?? "", [])).toBe("");
});

test("a monotone curve stays within its points, a step is square", () => {
  expect(curve("monotone", POINTS)).toContain("10,10");
  expect(curve("step", POINTS)).toBe("M0,0L5,0L5,10L10,10L15,10L15,0L20,0");
});
