/**
 * Gives rendered Markdown what Markdown has no words for: a bar over code, scrolling tables, source markers. Runs on
 * a fresh fragment before it is put on the screen; what is pressed in it is answered by `MarkdownElement`.
 */
import { render } from "lit";
import { Check, Copy } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import type { Source } from "../protocol/items";
import { splitMarkers, stripMarkers } from "./citations";
import { safeLink } from "./links";

export interface Marks {
  strings: Strings;
  markers: readonly (readonly Source[])[];
  sources: readonly Source[];
}

export function decorate(fragment: DocumentFragment, marks: Marks): void {
  for (const pre of fragment.querySelectorAll("pre")) frameCode(pre, marks.strings);
  for (const table of fragment.querySelectorAll("table")) frameTable(table);
  if (marks.markers.length > 0) drawMarkers(fragment, marks);
}

function frameCode(pre: HTMLPreElement, strings: Strings): void {
  const language = pre.dataset.language ?? "";
  const frame = element("div", "code");
  const bar = element("div", "code-bar");
  const name = element("span", "code-language");
  name.textContent = language;
  bar.append(name, copyButton(strings));
  pre.replaceWith(frame);
  pre.tabIndex = 0;
  pre.setAttribute("role", "region");
  pre.setAttribute("aria-label", language || "code");
  frame.append(bar, pre);
}

function copyButton(strings: Strings): HTMLButtonElement {
  const button = element("button", "copy-code") as HTMLButtonElement;
  button.type = "button";
  labelCopy(button, strings, false);
  return button;
}

export function labelCopy(button: HTMLElement, strings: Strings, copied: boolean): void {
  const part = document.createElement("span");
  const text = copied ? strings.copied : strings.copy;
  render([icon(copied ? Check : Copy, 14), text], part);
  button.replaceChildren(part);
}

function frameTable(table: HTMLTableElement): void {
  const frame = element("div", "table");
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  table.replaceWith(frame);
  frame.append(table);
}

function drawMarkers(fragment: DocumentFragment, marks: Marks): void {
  for (const found of fragment.querySelectorAll("[href],[src],[alt],[title]")) {
    for (const name of ["href", "src", "alt", "title"]) {
      const value = found.getAttribute(name);
      if (value !== null) found.setAttribute(name, stripMarkers(value));
    }
  }
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    const parts = splitMarkers(text.data);
    if (!parts.some((part) => typeof part === "number")) continue;
    const inCode = text.parentElement?.closest("code") !== null && text.parentElement !== null;
    const drawn = parts.map((part) =>
      typeof part === "string" ? part : inCode ? "" : drawMarker(part, marks),
    );
    text.replaceWith(...drawn);
  }
}

/** A link where the source has an address, a button where the page wants to hear of it, else plain. */
function drawMarker(number: number, { markers, sources, strings }: Marks): Node | string {
  const cited = markers[number];
  const first = cited?.[0];
  if (!first) return "";
  const place = sources.indexOf(first) + 1;
  const address = first.type === "url" ? safeLink(first.url) : null;
  const pressable = first.type === "entity" && first.interactive;
  const marker = element(address ? "a" : pressable ? "button" : "span", "cite");
  if (marker instanceof HTMLAnchorElement && address) {
    marker.href = address;
    marker.target = "_blank";
    marker.rel = "noopener noreferrer nofollow";
  }
  if (pressable) marker.dataset.entity = String(place - 1);
  const label = first.type === "entity" ? first.inline_label : undefined;
  const more = cited.length > 1 ? `+${cited.length - 1}` : "";
  marker.textContent = `${label ?? place}${more}`;
  marker.title = cited.map((source) => source.title).join("\n");
  marker.setAttribute("aria-label", strings.source(place, first.title));
  return marker;
}

function element(tag: string, className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
