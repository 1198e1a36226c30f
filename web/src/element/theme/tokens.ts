/**
 * The design tokens of the element, computed from the `theme` option. Every colour is mixed from background,
 * foreground and accent, so that a page which gives only these gets a whole that fits together.
 */
import type { ColorScheme, ThemeOption } from "@openai/chatkit";

export type Tokens = Readonly<Record<`--ck-${string}`, string>>;

export function themeTokens(option: ColorScheme | ThemeOption | undefined): Tokens {
  const theme: ThemeOption = typeof option === "object" && option !== null ? option : { colorScheme: option };
  const scheme = theme.colorScheme === "dark" ? "dark" : "light";
  return {
    ...colors(theme, scheme),
    ...SCHEMES[scheme],
    ...choose(RADII, theme.radius, "pill"),
    ...typography(theme.typography),
    "--ck-space": choose(SPACES, theme.density, "normal"),
  };
}

/** The colours alone, for a part that is to have another scheme than what surrounds it. */
export function schemeTokens(scheme: ColorScheme): Tokens {
  return { ...colors({}, scheme), ...SCHEMES[scheme] };
}

/** The entry that is asked for, or the default one: pages without types may ask for anything. */
function choose<K extends string, V>(table: Record<K, V>, key: K | undefined, fallback: K): V {
  return table[key !== undefined && Object.hasOwn(table, key) ? key : fallback];
}

export function schemeOf(option: ColorScheme | ThemeOption | undefined): ColorScheme {
  const scheme = typeof option === "object" && option !== null ? option.colorScheme : option;
  return scheme === "dark" ? "dark" : "light";
}

function colors(theme: ThemeOption, scheme: ColorScheme): Tokens {
  const { grayscale, accent, surface } = theme.color ?? {};
  const chroma = ((grayscale?.tint ?? 0) * 0.0035).toFixed(4);
  const hue = grayscale?.hue ?? 0;
  const shade = (grayscale?.shade ?? 0) * 0.012;
  const gray = (lightness: number, strength: number) =>
    `oklch(${Math.min(1, lightness + shade).toFixed(3)} calc(${chroma} * ${strength}) ${hue})`;
  const light = scheme === "light";
  const level = accent ? accent.level : 0;
  return {
    "--ck-bg": surface?.background ?? (light ? gray(1, 0.2) : gray(0.195, 0.6)),
    "--ck-fg": surface?.foreground ?? (light ? gray(0.215, 1) : gray(0.945, 0.4)),
    "--ck-accent": accent?.primary ?? "var(--ck-fg)",
    "--ck-bubble": BUBBLES[level] ?? BUBBLES[0],
    "--ck-on-bubble": level === 3 ? "var(--ck-on-accent)" : "var(--ck-fg)",
    "--ck-link": level >= 1 ? "color-mix(in oklab, var(--ck-accent) 88%, var(--ck-fg))" : "var(--ck-fg)",
    "--ck-tint": level >= 1 ? "var(--ck-accent)" : "var(--ck-fg)",
  };
}

/** How much of the accent a user's message shows, by the accent's level. */
const BUBBLES = [
  "var(--ck-raised)",
  "var(--ck-raised)",
  "color-mix(in oklab, var(--ck-accent) 13%, var(--ck-bg))",
  "var(--ck-accent)",
] as const;

const mix = (share: number) => `color-mix(in oklab, var(--ck-fg) ${share}%, var(--ck-bg))`;

/** Black or white, whichever can be read on the accent. */
const ON_ACCENT = "oklch(from var(--ck-accent) clamp(0.16, (0.66 - l) * 1000, 1) 0 h)";

const SCHEMES: Readonly<Record<ColorScheme, Tokens>> = {
  light: {
    "--ck-raised": mix(4.5),
    "--ck-hover": mix(5.5),
    "--ck-pressed": mix(9),
    "--ck-border": mix(11),
    "--ck-border-strong": mix(21),
    "--ck-muted": mix(68),
    "--ck-faint": mix(57),
    "--ck-on-accent": ON_ACCENT,
    "--ck-danger": "oklch(0.53 0.19 27)",
    "--ck-warning": "oklch(0.54 0.12 70)",
    "--ck-success": "oklch(0.52 0.13 150)",
    "--ck-info": "oklch(0.52 0.15 255)",
    "--ck-code-keyword": "oklch(0.5 0.19 295)",
    "--ck-code-string": "oklch(0.5 0.12 150)",
    "--ck-code-number": "oklch(0.53 0.15 45)",
    "--ck-code-title": "oklch(0.5 0.15 255)",
    "--ck-shadow": "0 1px 2px rgb(0 0 0 / 5%), 0 8px 24px -12px rgb(0 0 0 / 16%)",
    "--ck-shadow-high": "0 2px 6px rgb(0 0 0 / 6%), 0 24px 48px -16px rgb(0 0 0 / 24%)",
  },
  dark: {
    "--ck-raised": mix(8),
    "--ck-hover": mix(9),
    "--ck-pressed": mix(14),
    "--ck-border": mix(14),
    "--ck-border-strong": mix(26),
    "--ck-muted": mix(72),
    "--ck-faint": mix(58),
    "--ck-on-accent": ON_ACCENT,
    "--ck-danger": "oklch(0.72 0.16 22)",
    "--ck-warning": "oklch(0.8 0.13 80)",
    "--ck-success": "oklch(0.77 0.15 152)",
    "--ck-info": "oklch(0.76 0.11 250)",
    "--ck-code-keyword": "oklch(0.78 0.13 300)",
    "--ck-code-string": "oklch(0.81 0.12 150)",
    "--ck-code-number": "oklch(0.81 0.11 60)",
    "--ck-code-title": "oklch(0.8 0.1 245)",
    "--ck-shadow": "0 1px 2px rgb(0 0 0 / 30%), 0 8px 24px -12px rgb(0 0 0 / 60%)",
    "--ck-shadow-high": "0 2px 6px rgb(0 0 0 / 30%), 0 24px 48px -16px rgb(0 0 0 / 80%)",
  },
};

const radii = (small: number, medium: number, large: number, control: number): Tokens => ({
  "--ck-radius-s": `${small}px`,
  "--ck-radius-m": `${medium}px`,
  "--ck-radius-l": `${large}px`,
  "--ck-radius-control": `${control}px`,
});

const RADII = {
  pill: radii(8, 14, 26, 999),
  round: radii(7, 12, 18, 12),
  soft: radii(4, 6, 10, 6),
  sharp: radii(0, 0, 0, 0),
} satisfies Record<NonNullable<ThemeOption["radius"]>, Tokens>;

const SPACES = { compact: "3.4px", normal: "4px", spacious: "4.7px" };

const SANS =
  'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';
const MONO = 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace';

function typography(option: ThemeOption["typography"]): Tokens {
  return {
    "--ck-font": option?.fontFamily ? `${option.fontFamily}, ${SANS}` : SANS,
    "--ck-mono": option?.fontFamilyMono ? `${option.fontFamilyMono}, ${MONO}` : MONO,
    "--ck-size": `${option?.baseSize ?? 16}px`,
  };
}
