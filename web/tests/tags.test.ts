import { expect, test } from "vitest";
import { fromContent, parts, queryAt, toContent } from "../src/element/session/tag-text";

const tag = (text: string) => ({ type: "input_tag" as const, id: text, text, data: {} });
const [ada, adaLovelace] = [tag("Ada"), tag("Ada Lovelace")];

// proves EL-32
test("names in the text are tags in the message, in their places", () => {
  expect(toContent("  Ask @Ada about @Ada Lovelace, or @Bob ", [ada, adaLovelace])).toEqual([
    { type: "input_text", text: "Ask " },
    ada,
    { type: "input_text", text: " about " },
    adaLovelace,
    { type: "input_text", text: ", or @Bob" },
  ]);
  expect(toContent("Ask @Ad", [ada])).toEqual([{ type: "input_text", text: "Ask @Ad" }]);
  expect(toContent(" ", [])).toEqual([]);
});

test("the parts of a text are the text again", () => {
  const text = "a @Ada b@Ada Lovelace @@Ada";
  const again = parts(text, [ada, adaLovelace]).map((part) =>
    typeof part === "string" ? part : `@${part.text}`,
  );
  expect(again.join("")).toBe(text);
});

test("a message that is put back for editing keeps its tags where they were", () => {
  const content = [
    { type: "input_text" as const, text: "Ask " },
    ada,
    { type: "input_text" as const, text: ", please" },
  ];
  const { text, tags } = fromContent(content);
  expect(text).toBe("Ask @Ada, please");
  expect(toContent(text, tags)).toEqual(content);
  expect(fromContent([ada, { type: "input_text", text: "hello" }]).text).toBe("@Ada hello");
});

// proves EL-37
test.each([
  ["@", 1, { trigger: "@", query: "", start: 0 }],
  ["Ask @ad", 7, { trigger: "@", query: "ad", start: 4 }],
  ["Ask @ad and", 7, { trigger: "@", query: "ad", start: 4 }],
  ["mail@ad", 7, null],
  ["Ask @ad ", 8, null],
  ["/att", 4, { trigger: "/", query: "att", start: 0 }],
  ["a /att", 6, null],
  [`${"x".repeat(99)}@ad`, 102, null],
  ["and/or", 6, null],
])("what is looked for in %j", (text, caret, expected) => {
  expect(queryAt(text, caret)).toEqual(expected);
});
