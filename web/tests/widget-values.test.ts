import { expect, test } from "vitest";
import { boxStyles } from "../src/element/widget/box-styles";
import { color } from "../src/element/widget/colors";
import { childrenOf, namesOf } from "../src/element/widget/component";
import { cssValue } from "../src/element/widget/css-value";
import { borders, length, space, spaces } from "../src/element/widget/style-values";

// proves EL-75
test.each([
  "url(https://example.org/x.png)",
  "1px; background: url(x)",
  "red } * { display: none",
  "expression(alert(1))",
  "\\75 rl(x)",
  "image-set('x' 1x)",
  "10px /* */",
  "x".repeat(200),
])("a style string that could do more than set one property is refused: %s", (value) => {
  expect(cssValue(value)).toBeUndefined();
  expect(length(value)).toBeUndefined();
  expect(color(value, "background")).toBeUndefined();
});

test.each(["10px", "50%", "calc(100% - 2rem)", "min(10em, 50vw)", "var(--x)", "auto"])(
  "a plain CSS value is taken as it is: %s",
  (value) => expect(length(value)).toBe(value),
);

test("numbers are pixels for lengths and units for spaces", () => {
  expect(length(12)).toBe("12px");
  expect(space(3)).toBe("calc(var(--ck-space) * 3)");
  expect([length(Number.NaN), length({}), space(null), length(true)]).toEqual(Array(4).fill(undefined));
});

test("spaces are given for all sides, by axis, or by side, the side winning", () => {
  expect(spaces("padding", 2)).toEqual({ padding: "calc(var(--ck-space) * 2)" });
  expect(spaces("padding", { x: "1px", left: "2px", top: "3px" })).toEqual({
    "padding-top": "3px",
    "padding-right": "1px",
    "padding-bottom": undefined,
    "padding-left": "2px",
  });
});

test("borders are a width, a border, or given by side", () => {
  expect(borders(2)).toEqual({ border: "2px solid var(--ck-border)" });
  expect(borders({ size: 1, style: "dashed", color: "strong" })).toEqual({
    border: "1px dashed var(--ck-border-strong)",
  });
  expect(borders({ y: 3, top: { size: 1 } })).toMatchObject({
    "border-top": "1px solid var(--ck-border)",
    "border-bottom": "3px solid var(--ck-border)",
  });
  expect(borders({ size: "1px; x: y" })).toEqual({ border: undefined });
});

// proves EL-74
test("colours are tokens of their place, steps of a hue, CSS, or a pair that follows the scheme", () => {
  expect(color("secondary", "text")).toBe("var(--ck-muted)");
  expect(color("surface-secondary", "background")).toBe("var(--ck-raised)");
  expect(color("subtle", "border")).toContain("--ck-border");
  expect(color("blue", "chart")).toMatch(/^light-dark\(oklch/);
  expect(color("blue", "text")).toBe("blue");
  expect(color("red-100", "text")).toMatch(/^oklch\(0\.9/);
  expect(color("red-900", "text")).toMatch(/^oklch\(0\.2/);
  expect(color("mauve-100", "text")).toBe("mauve-100");
  expect(color({ light: "red", dark: "#fff" }, "text")).toBe("light-dark(red, #fff)");
  expect(color({ light: "red", dark: "url(x)" }, "text")).toBe("red");
});

test("a box takes its sizes together or one by one", () => {
  expect(
    boxStyles({ size: 10, width: "50%", minSize: 4, aspectRatio: 1.5, radius: "full" }, "row"),
  ).toMatchObject({
    width: "50%",
    height: "10px",
    "min-width": "4px",
    "aspect-ratio": "1.5",
    "border-radius": "9999px",
    "flex-direction": "row",
  });
});

// proves EL-72
test("children may be absent, null, one component, or a list with anything in it", () => {
  const child = { type: "Text", value: "x" };
  expect([{}, { children: null }, { children: "x" }].map(childrenOf)).toEqual([[], [], []]);
  expect(childrenOf({ children: child })).toEqual([child]);
  expect(childrenOf({ children: [null, child, 3, [child], "x"] })).toEqual([child]);
});

test("siblings are told apart by id, key or place, even when the server names two alike", () => {
  expect(namesOf([{ id: "a" }, { key: "a" }, { id: "a" }, { type: "Text" }])).toEqual([
    "id:a",
    "key:a",
    "id:a:2",
    "Text:3",
  ]);
});
