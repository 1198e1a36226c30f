/** Which language the element speaks, and in which direction it runs. */
import { de } from "./de";
import { en, type Strings } from "./en";
import { es } from "./es";
import { fr } from "./fr";
import { ja } from "./ja";
import { zh } from "./zh";
import { zhHant } from "./zh-hant";

export interface Locale {
  /** As sent to the server, so that its sentences match. */
  tag: string;
  direction: "ltr" | "rtl";
  strings: Strings;
  /** The language of `strings`, which is English where a translation is missing. */
  language: string;
}

/** Texts by language, in the lower case of tags. All are in the one file that the element is: 1 kB each, packed. */
export const TRANSLATIONS: ReadonlyMap<string, Strings> = new Map([
  ["en", en],
  ["de", de],
  ["es", es],
  ["fr", fr],
  ["ja", ja],
  ["zh", zh],
  ["zh-hant", zhHant],
  ["zh-tw", zhHant],
  ["zh-hk", zhHant],
  ["zh-mo", zhHant],
]);
const RIGHT_TO_LEFT = new Set(["ar", "ur"]);

export function resolveLocale(option: string | undefined): Locale {
  const wanted = option || navigator.language || "en";
  const tag = isLanguageTag(wanted) ? wanted : "en";
  const subtags = tag.toLowerCase().split("-");
  const direction = RIGHT_TO_LEFT.has(subtags[0] ?? "") ? "rtl" : "ltr";
  for (let length = subtags.length; length > 0; length--) {
    const language = subtags.slice(0, length).join("-");
    const strings = TRANSLATIONS.get(language);
    if (strings) return { tag, direction, strings, language };
  }
  return { tag, direction, strings: en, language: "en" };
}

/** Anything else would not survive as an HTTP header. */
function isLanguageTag(value: string): boolean {
  return /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(value);
}
