/**
 * Draws readable text out of JSON whose structure is not known: widgets that are not drawn as such, items from a
 * newer server. A fallback, so it prefers showing too much over showing nothing.
 */
import { isObject } from "./json";

const SHOWN = ["title", "value", "label", "text", "message", "question", "content", "alt", "placeholder"];
const CONTAINERS = [
  "children",
  "content",
  "inputs",
  "options",
  "tasks",
  "confirm",
  "cancel",
  "widget",
  "task",
];
const MAX_LINES = 200;
const MAX_DEPTH = 30;

/** The visible strings in reading order, one a line. */
export function readableText(value: unknown): string {
  const lines: string[] = [];
  collect(value, lines, 0);
  return lines.join("\n");
}

function collect(value: unknown, lines: string[], depth: number): void {
  if (depth > MAX_DEPTH || lines.length >= MAX_LINES) return;
  if (Array.isArray(value)) {
    for (const entry of value) collect(entry, lines, depth + 1);
    return;
  }
  if (!isObject(value)) return;
  for (const key of SHOWN) {
    const found = value[key];
    if (typeof found === "string" && found.trim() && lines.at(-1) !== found.trim()) lines.push(found.trim());
  }
  for (const key of CONTAINERS) collect(value[key], lines, depth + 1);
}
