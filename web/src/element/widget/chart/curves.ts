/** Paths through points, by the names that chart libraries give their curves. Pure. */

export type Point = readonly [x: number, y: number];

/** SVG path data through, or for basis curves along, the points; it begins with M. Unknown names are straight. */
export function curve(name: string, points: readonly Point[]): string {
  const [first] = points;
  if (!first) return "";
  const draw = (Object.hasOwn(CURVES, name) && CURVES[name]) || linear;
  const closing = name.endsWith("Closed") ? "Z" : "";
  return `M${pair(first)}${points.length < 2 ? "" : draw(points)}${closing}`;
}

type Draw = (points: readonly Point[]) => string;

const linear: Draw = (points) =>
  points
    .slice(1)
    .map((point) => `L${pair(point)}`)
    .join("");

const step =
  (share: number): Draw =>
  (points) =>
    each(points, ([ax, ay], [bx, by]) => {
      const x = ax + (bx - ax) * share;
      return `L${pair([x, ay])}L${pair([x, by])}L${pair([bx, by])}`;
    });

/** Leaves and enters each point level. */
const bumpX: Draw = (points) =>
  each(points, ([ax, ay], [bx, by]) => {
    const x = (ax + bx) / 2;
    return cubic([x, ay], [x, by], [bx, by]);
  });

/** Leaves and enters each point upright. */
const bumpY: Draw = (points) =>
  each(points, ([ax, ay], [bx, by]) => {
    const y = (ay + by) / 2;
    return cubic([ax, y], [bx, y], [bx, by]);
  });

/** Cubic with given slopes at the points. */
function sloped(points: readonly Point[], slopes: readonly number[]): string {
  return each(points, (a, b, at) => {
    const third = (b[0] - a[0]) / 3;
    const [from = 0, to = 0] = [slopes[at], slopes[at + 1]];
    return cubic([a[0] + third, a[1] + third * from], [b[0] - third, b[1] - third * to], b);
  });
}

/** Never rises or falls beyond its points. */
const monotone: Draw = (points) => {
  const rises = points.slice(1).map((point, at) => rise(points[at] ?? point, point));
  const slopes = points.map((_, at) => {
    const [before, after] = [rises[at - 1], rises[at]];
    if (before === undefined || after === undefined) return before ?? after ?? 0;
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
  return sloped(points, slopes);
};

/** As a bent ruler would lie: slopes from the neighbours on both sides. */
const natural: Draw = (points) => {
  const last = points.length - 1;
  const at = (index: number): Point => points[Math.min(Math.max(index, 0), last)] ?? [0, 0];
  return sloped(
    points,
    points.map((_, index) => rise(at(index - 1), at(index + 1))),
  );
};

/** B-spline: attracted by the points rather than through them. */
const basis: Draw = (points) => {
  const last = points.length - 1;
  const at = (index: number): Point => points[Math.min(Math.max(index, 0), last)] ?? [0, 0];
  const part = (a: Point, b: Point, share: number): Point => [
    a[0] + (b[0] - a[0]) * share,
    a[1] + (b[1] - a[1]) * share,
  ];
  const joints = points.slice(0, -1).map((_, index) => {
    const [a, b, c] = [at(index), at(index + 1), at(index + 2)];
    const end: Point = index === last - 1 ? b : [(a[0] + 4 * b[0] + c[0]) / 6, (a[1] + 4 * b[1] + c[1]) / 6];
    return cubic(part(a, b, 1 / 3), part(a, b, 2 / 3), end);
  });
  return joints.join("");
};

const CURVES: Readonly<Record<string, Draw>> = {
  linear,
  linearClosed: linear,
  step: step(0.5),
  stepBefore: step(0),
  stepAfter: step(1),
  bump: bumpX,
  bumpX,
  bumpY,
  monotone,
  monotoneX: monotone,
  monotoneY: monotone,
  natural,
  basis,
  basisOpen: basis,
  basisClosed: basis,
};

function each(points: readonly Point[], draw: (a: Point, b: Point, at: number) => string): string {
  return points
    .slice(1)
    .map((point, at) => draw(points[at] ?? point, point, at))
    .join("");
}

function rise(a: Point, b: Point): number {
  return b[0] === a[0] ? 0 : (b[1] - a[1]) / (b[0] - a[0]);
}

function cubic(a: Point, b: Point, to: Point): string {
  return `C${pair(a)} ${pair(b)} ${pair(to)}`;
}

function pair([x, y]: Point): string {
  return `${round(x)},${round(y)}`;
}

const round = (value: number) => Math.round(value * 100) / 100;
