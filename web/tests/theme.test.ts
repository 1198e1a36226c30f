import { expect, test } from "vitest";
import { themeTokens } from "../src/element/theme/tokens";

test("a theme may be a word, an object or absent", () => {
  expect(themeTokens(undefined)).toEqual(themeTokens("light"));
  expect(themeTokens("dark")).toEqual(themeTokens({ colorScheme: "dark" }));
  expect(themeTokens("dark")).not.toEqual(themeTokens("light"));
});

// proves EL-18
test("what the page chooses ends up in the tokens", () => {
  const tokens = themeTokens({
    radius: "sharp",
    density: "compact",
    typography: { baseSize: 14, fontFamily: "Inter" },
    color: { accent: { primary: "#f00", level: 3 }, surface: { background: "#eee", foreground: "#111" } },
  });
  expect(tokens["--ck-radius-l"]).toBe("0px");
  expect(tokens["--ck-size"]).toBe("14px");
  expect(tokens["--ck-font"]).toMatch(/^Inter, /);
  expect(tokens["--ck-bubble"]).toBe("var(--ck-accent)");
  expect(tokens["--ck-bg"]).toBe("#eee");
});

test("values that no type allows fall back instead of breaking", () => {
  const odd = {
    radius: "constructor",
    density: "toString",
    color: { accent: { primary: "red", level: 9 } },
  } as never;
  for (const value of Object.values(themeTokens(odd))) expect(value).toBeTypeOf("string");
  expect(themeTokens(odd)["--ck-radius-l"]).toBe(themeTokens(undefined)["--ck-radius-l"]);
});
