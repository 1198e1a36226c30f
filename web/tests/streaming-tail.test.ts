import { expect, test } from "vitest";
import { completeTail } from "../src/element/markdown/streaming-tail";

// proves EL-61
test.each([
  ["a **bold", "a **bold**"],
  ["a **bold ", "a **bold**"],
  ["a **", "a "],
  ["a *slanted", "a *slanted*"],
  ["a **bold *and slanted", "a **bold *and slanted***"],
  ["~~gone", "~~gone~~"],
  ["2 * 3 and 4 * 5", "2 * 3 and 4 * 5"],
  ["done **bold** and", "done **bold** and"],
])("open emphasis is closed: %j", (source, shown) => {
  expect(completeTail(source)).toBe(shown);
});

test.each([
  ["call `run", "call `run`"],
  ["call `", "call "],
  ["call `run()` now", "call `run()` now"],
  ["`a ** b", "`a ** b`"],
])("open code is closed: %j", (source, shown) => {
  expect(completeTail(source)).toBe(shown);
});

test.each([
  ["see [the docs](https://exam", "see the docs"],
  ["see [the do", "see the do"],
  ["see [the docs](https://example.org) for", "see [the docs](https://example.org) for"],
  ["an image ![alt te", "an image "],
  ["an image ![alt](https://", "an image "],
  ["- [ ", "- [ "],
])("a link shows its text until it is complete: %j", (source, shown) => {
  expect(completeTail(source)).toBe(shown);
});

test.each([
  ["Some text\n-", "Some text"],
  ["Some text\n--", "Some text"],
  ["Some text\n=", "Some text"],
  ["Some text\n\n##", "Some text\n\n"],
  ["Some text\n\n1.", "Some text\n\n"],
  ["- one\n-", "- one"],
])("a lone marker is held back: %j", (source, shown) => {
  expect(completeTail(source)).toBe(shown);
});

test("a table appears once its columns are known", () => {
  expect(completeTail("Intro\n\n| a | b")).toBe("Intro\n\n");
  expect(completeTail("Intro\n\n| a | b |\n|---|")).toBe("Intro\n\n");
  expect(completeTail("| a | b |\n|---|---|")).toBe("| a | b |\n|---|---|");
  expect(completeTail("| a | b |\n|---|---|\n| 1")).toBe("| a | b |\n|---|---|\n| 1");
});

test("inside a code block nothing is completed, and a half-written closing fence does not show", () => {
  expect(completeTail("```py\na = [1\nb = **c")).toBe("```py\na = [1\nb = **c");
  expect(completeTail("```py\na = 1\n``")).toBe("```py\na = 1");
  expect(completeTail("```py\na = 1\n```\nand **b")).toBe("```py\na = 1\n```\nand **b**");
});
