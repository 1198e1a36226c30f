import { Marked, type Token } from "marked";
import { expect, test, vi } from "vitest";
import { GrowingBlocks } from "../src/element/markdown/growing-blocks";

const TEXT = `# Heading
Paragraph right below
- a list

- that goes on after a blank line
  with more

1. one
2. two

| a | b |
|---|---|
| 1 | 2 |

\`\`\`py
code

more code
\`\`\`

> a quotation
lazily continued

Title
-----

The end.
`;

const lex = (source: string): Token[] => new Marked().lexer(source);
const shape = (tokens: Token[]) => tokens.map(({ type, raw }) => [type, raw]);

// proves EL-61
test("read piece by piece, a text has the blocks that it has when read as a whole", () => {
  for (const step of [1, 2, 7, 31]) {
    const blocks = new GrowingBlocks(lex);
    for (let end = 0; end <= TEXT.length; end += step) {
      const grown = TEXT.slice(0, end);
      expect(shape(blocks.read(grown, true))).toEqual(shape(lex(grown)));
    }
    expect(shape(blocks.read(TEXT, false))).toEqual(shape(lex(TEXT)));
  }
});

test("what has settled is not read again", () => {
  const split = vi.fn(lex);
  const blocks = new GrowingBlocks(split);
  const long = "A paragraph.\n\n".repeat(100);
  blocks.read(long, true);
  blocks.read(`${long}More`, true);
  expect(split.mock.lastCall?.[0].length).toBeLessThan(60);
});

test("a text that is another one is read from its start", () => {
  const blocks = new GrowingBlocks(lex);
  blocks.read("a\n\nb\n\nc\n\nd", true);
  expect(blocks.read("x\n\nb", true).map(({ raw }) => raw)).toEqual(["x", "\n\n", "b"]);
});
