import { expect, test } from "vitest";
import { placeCitations, splitMarkers, stripMarkers } from "../src/element/markdown/citations";
import type { Annotation } from "../src/element/protocol/items";

const url = (address: string, index?: number): Annotation => ({
  source: { type: "url", title: address, url: `https://${address}` },
  index,
});

// proves EL-62
test("a marker stands at its index, counted in code points", () => {
  const { text, markers } = placeCitations("🌍 is round. Yes.", [url("a", 11)]);
  expect(splitMarkers(text)).toEqual(["🌍 is round.", 0, " Yes."]);
  expect(markers).toHaveLength(1);
});

test("equal places share a marker and equal sources a number", () => {
  const { text, markers, sources } = placeCitations("abc", [url("a", 1), url("b", 1), url("a", 3)]);
  expect(sources.map((source) => source.title)).toEqual(["a", "b"]);
  expect(splitMarkers(text)).toEqual(["a", 1, "bc", 0]);
  expect(markers[1]?.map((source) => source.title)).toEqual(["a", "b"]);
});

test("a place outside the text draws no marker but keeps its source", () => {
  const { text, sources } = placeCitations("abc", [url("a", 99), url("b", -1), url("c")]);
  expect(text).toBe("abc");
  expect(sources).toHaveLength(3);
});

test("markers that the text itself contains are removed", () => {
  expect(placeCitations("a\uf000b", []).text).toBe("ab");
  expect(stripMarkers("https://x/%EF%80%80y\uf001")).toBe("https://x/y");
});
