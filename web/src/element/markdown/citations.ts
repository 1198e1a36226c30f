/**
 * Places the markers of annotations in a text. Each marker is one private-use character while the text is parsed as
 * Markdown, so that no parser can split it; the view draws something readable in its place.
 */
import type { Annotation, Source } from "../protocol/items";

const FIRST = 0xf000;
const LAST = 0xf3ff;
const RESERVED = /[\uf000-\uf3ff]/g;
const RESERVED_ENCODED = /%EF%8[0-9A-F]%[89AB][0-9A-F]/gi;

export interface Citations {
  /** The text with a marker character at each place that is cited. */
  text: string;
  /** The sources of a marker, by its number. */
  markers: readonly (readonly Source[])[];
  /** Every source once, in the order in which they are numbered. */
  sources: readonly Source[];
}

/** An index counts code points; one past the end, or none, means the end, where no marker is drawn. */
export function placeCitations(text: string, annotations: readonly Annotation[]): Citations {
  const clean = text.replace(RESERVED, "");
  const sources: Source[] = [];
  const places = new Map<number, Source[]>();
  for (const { source, index } of annotations) {
    const known = sources.find((other) => sameSource(other, source)) ?? source;
    if (known === source) sources.push(source);
    if (index === undefined || places.size > LAST - FIRST) continue;
    const place = places.get(index) ?? [];
    if (!place.includes(known)) place.push(known);
    places.set(index, place);
  }
  if (places.size === 0) return { text: clean, markers: [], sources };
  const markers: Source[][] = [];
  const characters = Array.from(clean);
  for (const [index, cited] of [...places].sort(([a], [b]) => b - a)) {
    if (index < 0 || index > characters.length) continue;
    characters.splice(index, 0, String.fromCharCode(FIRST + markers.length));
    markers.push(cited);
  }
  return { text: characters.join(""), markers, sources };
}

/** Splits a text at its markers: strings are text, numbers are markers. */
export function splitMarkers(text: string): (string | number)[] {
  const parts: (string | number)[] = [];
  let start = 0;
  for (const match of text.matchAll(RESERVED)) {
    if (match.index > start) parts.push(text.slice(start, match.index));
    parts.push(match[0].charCodeAt(0) - FIRST);
    start = match.index + 1;
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

/** Without markers, for attributes and for code. */
export function stripMarkers(text: string): string {
  return text.replace(RESERVED, "").replace(RESERVED_ENCODED, "");
}

function sameSource(a: Source, b: Source): boolean {
  if (a.type === "url" && b.type === "url") return a.url === b.url;
  if (a.type === "file" && b.type === "file") return a.filename === b.filename && a.title === b.title;
  return a.type === "entity" && b.type === "entity" && a.id === b.id;
}
