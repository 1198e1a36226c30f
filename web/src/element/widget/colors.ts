/** Colours of widgets: the theme's tokens, a palette of hues in steps, CSS colours, and pairs for light and dark. */
import { isObject } from "../protocol/json";
import { entry } from "./component";
import { cssValue } from "./css-value";

export type ColorRole = "text" | "background" | "border" | "chart";

const TEXT = {
  prose: "var(--ck-fg)",
  primary: "var(--ck-fg)",
  emphasis: "var(--ck-tint)",
  secondary: "var(--ck-muted)",
  tertiary: "var(--ck-faint)",
  success: "var(--ck-success)",
  warning: "var(--ck-warning)",
  danger: "var(--ck-danger)",
};
const BACKGROUND = {
  surface: "var(--ck-bg)",
  "surface-secondary": "var(--ck-raised)",
  "surface-tertiary": "var(--ck-pressed)",
  "surface-elevated": "light-dark(var(--ck-bg), var(--ck-raised))",
  "surface-elevated-secondary": "light-dark(var(--ck-raised), var(--ck-pressed))",
};
const BORDER = {
  default: "var(--ck-border)",
  subtle: "color-mix(in oklab, var(--ck-border) 55%, transparent)",
  strong: "var(--ck-border-strong)",
};

/** Hue and strongest chroma of each name of the palette. */
const HUES: Readonly<Record<string, readonly [number, number]>> = {
  gray: [262, 0.012],
  red: [25, 0.2],
  orange: [52, 0.17],
  yellow: [88, 0.16],
  green: [150, 0.16],
  blue: [255, 0.18],
  purple: [298, 0.19],
  pink: [352, 0.19],
};

/** The colours that a chart takes in turn. */
export const CHART_COLORS = ["blue", "purple", "orange", "green", "red", "yellow", "pink"] as const;

const CHART = Object.fromEntries(
  CHART_COLORS.map((name) => [name, `light-dark(${hue(name, 500)}, ${hue(name, 350)})`]),
);

const TOKENS: Readonly<Record<ColorRole, Readonly<Record<string, string>>>> = {
  text: TEXT,
  background: BACKGROUND,
  border: BORDER,
  chart: CHART,
};

/** A CSS colour. Pairs follow the colour scheme of where they are drawn. */
export function color(value: unknown, role: ColorRole): string | undefined {
  if (!isObject(value)) return single(value, role);
  const light = single(value.light, role);
  const dark = single(value.dark, role);
  if (light && dark) return `light-dark(${light}, ${dark})`;
  return light ?? dark;
}

function single(value: unknown, role: ColorRole): string | undefined {
  return entry(TOKENS[role], value) ?? primitive(value) ?? cssValue(value);
}

function primitive(value: unknown): string | undefined {
  const [, name = "", step = ""] = (typeof value === "string" && /^([a-z]+)-(\d{1,4})$/.exec(value)) || [];
  return Object.hasOwn(HUES, name) && Number(step) <= 1000 ? hue(name, Number(step)) : undefined;
}

/** Steps go from 0, nearly white, to 1000, nearly black; colour is strongest in the middle. */
function hue(name: string, step: number): string {
  const [angle, chroma] = HUES[name] ?? [0, 0];
  const share = step / 1000;
  const lift = name === "yellow" ? 0.16 * Math.sin(Math.PI * share) : 0;
  const lightness = 0.99 - 0.78 * share + lift;
  const strength =
    name === "gray" ? chroma : chroma * Math.sin(Math.PI * Math.min(share * 0.94 + 0.04, 1)) ** 0.85;
  return `oklch(${lightness.toFixed(3)} ${strength.toFixed(3)} ${angle})`;
}
