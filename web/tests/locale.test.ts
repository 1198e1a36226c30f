import { describe, expect, test } from "vitest";
import { spell } from "../src/element/i18n/duration";
import { en } from "../src/element/i18n/en";
import { resolveLocale, TRANSLATIONS } from "../src/element/i18n/locale";

const TRANSLATED =
  `am ar bg-BG bn-BD bs-BA ca-ES cs-CZ da-DK de-DE el-GR es-419 es-ES et-EE fi-FI fr-CA fr-FR gu-IN hi-IN
  hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP ka-GE kk kn-IN ko-KR lt lv-LV mk-MK ml mn mr-IN ms-MY my-MM nb-NO nl-NL pa
  pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sl-SI so-SO sq-AL sr-RS sv-SE sw-TZ ta-IN te-IN th-TH tl tr-TR uk-UA ur vi-VN zh-CN
  zh-HK zh-TW`.split(/\s+/);
/** The locales of OpenAI's element: bare languages and two more count as well. */
const LOCALES = new Set([
  ...TRANSLATED,
  ...TRANSLATED.map((tag) => tag.split("-")[0] ?? tag),
  "zh-Hant",
  "en",
]);
const OURS = new Map([...TRANSLATIONS].filter(([language]) => language !== "en"));

// proves EL-91
test("every locale of the stock element is accepted and sent as given", () => {
  expect(LOCALES.size).toBe(114);
  for (const tag of LOCALES) expect(resolveLocale(tag).tag).toBe(tag);
});

// proves EL-91
test("Arabic and Urdu run from right to left, and no other", () => {
  const rightToLeft = [...LOCALES].filter((tag) => resolveLocale(tag).direction === "rtl");
  expect(rightToLeft).toEqual(["ar", "ur"]);
});

// proves EL-91
test.each([
  ["de-AT", "de", "Nachricht senden"],
  ["es-419", "es", "Enviar mensaje"],
  ["fr-CA", "fr", "Envoyer le message"],
  ["ja-JP", "ja", "メッセージを送信"],
  ["zh", "zh", "发送消息"],
  ["zh-CN", "zh", "发送消息"],
  ["zh-Hans-SG", "zh", "发送消息"],
  ["zh-Hant", "zh-hant", "傳送訊息"],
  ["zh-TW", "zh-tw", "傳送訊息"],
  ["zh-HK", "zh-hk", "傳送訊息"],
  ["kk", "en", "Send message"],
  ["de\r\nx: y", "en", "Send message"],
])("%s speaks %s", (tag, language, send) => {
  const locale = resolveLocale(tag);
  expect([locale.language, locale.strings.send]).toEqual([language, send]);
});

describe.each([...OURS])("the texts in %s", (_, strings) => {
  test("hold what is put into them", () => {
    const { sources, source, removeTag, openThread, renameThread, deleteThread, otherAnswerTo } = strings;
    expect(sources(12)).toContain("12");
    expect(source(3, "Title")).toMatch(/3.*Title/);
    for (const say of [removeTag, openThread, renameThread, deleteThread, otherAnswerTo]) {
      expect(say("A name")).toContain("A name");
    }
    for (const say of [strings.worked, strings.duration]) {
      expect(say(0)).not.toMatch(/\d/);
      expect(say(5)).toMatch(/5/);
      expect(say(125)).toMatch(/2.*5/);
    }
  });

  test("are not left in English", () => {
    // Words that are the same in both languages.
    const same = ["Chat", "Chats", "Tools", "Message"];
    const english = Object.entries(strings).filter(
      ([name, text]) => typeof text === "string" && text === en[name as keyof typeof en],
    );
    expect(english.filter(([, text]) => !same.includes(text as string))).toEqual([]);
  });
});

test("durations are spelled as is usual in the language", () => {
  expect(["en", "de", "fr", "ja"].map((language) => spell(language, 1).replace("\u00a0", " "))).toEqual([
    "1 second",
    "1 Sekunde",
    "1 seconde",
    "1 秒",
  ]);
  expect(spell("en", 125)).toBe("2 min 5 sec");
  expect(spell("de", 120)).toBe("2 Min.");
  expect(spell("en", 59.6)).toBe("1 min");
});
