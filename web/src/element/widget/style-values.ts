/** Turns the values of a widget's style fields into CSS values; what is not one of their documented forms is left out. */
import { isObject } from "../protocol/json";
import { color } from "./colors";
import { among, entry } from "./component";
import { cssValue } from "./css-value";

/** CSS property to value. */
export type Styles = Readonly<Record<string, string | undefined>>;

/** A number of pixels, or CSS. */
export function length(value: unknown): string | undefined {
  return typeof value === "number" ? numeric(value, "px") : cssValue(value);
}

/** A number of the theme's spacing units, or CSS. */
export function space(value: unknown): string | undefined {
  if (typeof value !== "number") return cssValue(value);
  return Number.isFinite(value) ? `calc(var(--ck-space) * ${value})` : undefined;
}

/** A plain number, or CSS: `flex`, `aspect-ratio`. */
export function factor(value: unknown): string | undefined {
  return typeof value === "number" ? numeric(value, "") : cssValue(value);
}

function numeric(value: number, unit: string): string | undefined {
  return Number.isFinite(value) ? `${value}${unit}` : undefined;
}

/** Padding or margin: one space for all sides, or by side. */
export function spaces(property: "padding" | "margin", value: unknown): Styles {
  if (!isObject(value)) return { [property]: space(value) };
  const side = (name: string, axis: string) => space(value[name] ?? value[axis]);
  return {
    [`${property}-top`]: side("top", "y"),
    [`${property}-right`]: side("right", "x"),
    [`${property}-bottom`]: side("bottom", "y"),
    [`${property}-left`]: side("left", "x"),
  };
}

const RADII: Readonly<Record<string, string>> = {
  none: "0",
  "2xs": "2px",
  xs: "4px",
  sm: "6px",
  md: "8px",
  lg: "10px",
  xl: "12px",
  "2xl": "16px",
  "3xl": "20px",
  "4xl": "24px",
  full: "9999px",
  "100%": "100%",
};

export function radius(value: unknown): string | undefined {
  return entry(RADII, value);
}

const BORDER_STYLES = ["solid", "dashed", "dotted", "double", "groove", "ridge", "inset", "outset"] as const;

/** A width for all sides, one border for all, or by side. */
export function borders(value: unknown): Styles {
  if (!isObject(value) || "size" in value) return { border: border(value) };
  const side = (name: string, axis: string) => border(value[name] ?? value[axis]);
  return {
    "border-top": side("top", "y"),
    "border-right": side("right", "x"),
    "border-bottom": side("bottom", "y"),
    "border-left": side("left", "x"),
  };
}

function border(value: unknown): string | undefined {
  if (typeof value === "number") return numeric(Math.max(value, 0), "px solid var(--ck-border)");
  if (!isObject(value) || typeof value.size !== "number" || !Number.isFinite(value.size)) return undefined;
  const style = among(value.style, BORDER_STYLES) ?? "solid";
  return `${Math.max(value.size, 0)}px ${style} ${color(value.color, "border") ?? "var(--ck-border)"}`;
}

const ALIGNMENTS: Readonly<Record<string, string>> = {
  start: "flex-start",
  center: "center",
  end: "flex-end",
  baseline: "baseline",
  stretch: "stretch",
};
const JUSTIFICATIONS: Readonly<Record<string, string>> = {
  start: "flex-start",
  center: "center",
  end: "flex-end",
  between: "space-between",
  around: "space-around",
  evenly: "space-evenly",
  stretch: "stretch",
};

export const alignment = (value: unknown) => entry(ALIGNMENTS, value);
export const justification = (value: unknown) => entry(JUSTIFICATIONS, value);
