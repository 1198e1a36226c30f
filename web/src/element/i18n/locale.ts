/** Which language the element speaks, and in which direction it runs. */
import { en, type Strings } from "./en";

export interface Locale {
  /** As sent to the server, so that its sentences match. */
  tag: string;
  direction: "ltr" | "rtl";
  strings: Strings;
  /** The language of `strings`, which is English where a translation is missing. */
  language: string;
}

/** Texts by language. A language that is not here falls back to English. */
const TRANSLATIONS: Readonly<Record<string, Strings>> = { en };
const RIGHT_TO_LEFT = new Set(["ar", "ur"]);

export function resolveLocale(option: string | undefined): Locale {
  const wanted = option || navigator.language || "en";
  const tag = isLanguageTag(wanted) ? wanted : "en";
  const language = tag.split("-")[0]?.toLowerCase() ?? "en";
  const strings = TRANSLATIONS[language];
  return {
    tag,
    direction: RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr",
    strings: strings ?? en,
    language: strings ? language : "en",
  };
}

/** Anything else would not survive as an HTTP header. */
function isLanguageTag(value: string): boolean {
  return /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(value);
}
