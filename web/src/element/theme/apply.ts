/** Puts the theme onto the element: tokens as custom properties in a style sheet of its own, and the page's fonts. */
import type { ColorScheme, FontObject, ThemeOption } from "@openai/chatkit";
import { schemeOf, themeTokens } from "./tokens";

export class ThemeSheet {
  readonly sheet = new CSSStyleSheet();
  readonly #rule: CSSStyleRule;
  readonly #fonts = new Set<string>();

  constructor() {
    this.sheet.insertRule(":host {}");
    this.#rule = this.sheet.cssRules[0] as CSSStyleRule;
  }

  /** Values are set one by one, so that none of them can end its declaration and begin another. */
  apply(theme: ColorScheme | ThemeOption | undefined): void {
    for (const [name, value] of Object.entries(themeTokens(theme))) this.#rule.style.setProperty(name, value);
    this.#rule.style.setProperty("color-scheme", schemeOf(theme));
    const sources = typeof theme === "object" ? theme?.typography?.fontSources : undefined;
    for (const font of sources ?? []) this.#load(font);
  }

  #load(font: FontObject): void {
    const key = JSON.stringify(font);
    if (this.#fonts.has(key)) return;
    this.#fonts.add(key);
    const { family, src, weight, style, display, unicodeRange } = font;
    const face = new FontFace(family, `url(${JSON.stringify(src)})`, {
      weight: weight === undefined ? "normal" : String(weight),
      style: style ?? "normal",
      display: display ?? "auto",
      unicodeRange: unicodeRange ?? "U+0-10FFFF",
    });
    document.fonts.add(face);
  }
}
