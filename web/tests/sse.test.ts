import { expect, test } from "vitest";
import { SseParser } from "../src/resume/sse";

const bytes = (text: string) => new TextEncoder().encode(text);

function parse(...chunks: (string | Uint8Array)[]): string[] {
  const parser = new SseParser();
  const read = (chunk: string | Uint8Array) => parser.push(typeof chunk === "string" ? bytes(chunk) : chunk);
  return chunks.flatMap(read).map(({ data }) => data);
}

test("a message is delivered at its blank line, not before", () => {
  expect(parse('data: {"a":1}\n')).toEqual([]);
  expect(parse('data: {"a":1}\n', "\n")).toEqual(['{"a":1}']);
});

test("line ends may be LF, CR or CRLF, also when a chunk ends between CR and LF", () => {
  expect(parse("data: 1\n\ndata: 2\r\n\r\ndata: 3\r\rdata: 4\r", "\n\r", "\n")).toEqual(["1", "2", "3", "4"]);
});

test("every chunk border gives the same messages", () => {
  const whole = bytes(': ping\ndata: {"text":"grüße 🌍"}\r\n\r\ndata:two\n\n');
  for (let cut = 0; cut <= whole.length; cut += 1) {
    expect(parse(whole.slice(0, cut), whole.slice(cut))).toEqual(['{"text":"grüße 🌍"}', "two"]);
  }
});

test("a heartbeat comment is no message, with or without a blank line after it", () => {
  expect(parse(": ping\n", ": ping\n\n", "event: ping\n\n", "data: x\n\n")).toEqual(["x"]);
});

test("several data lines are one message; other fields are skipped", () => {
  expect(parse("id: 7\nevent: e\ndata: a\ndata: b\nretry: 1\n\n")).toEqual(["a\nb"]);
});

test("a message cut off before its blank line is not delivered", () => {
  expect(parse("data: done\n\ndata: cut")).toEqual(["done"]);
});
