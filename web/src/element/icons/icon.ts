/** Draws icons. They are decoration: whatever they stand for is named by text or a label beside them. */
import { html, type TemplateResult } from "lit";
import { unsafeSVG } from "lit/directives/unsafe-svg.js";
import { HEADER_ICONS } from "./header";
import { NAMED_ICONS } from "./named";

/** Shapes of a 24 × 24 line drawing: element name and attributes. */
export type Drawing = readonly (readonly [string, Readonly<Record<string, string | number | undefined>>])[];

/** Stands for names that have no drawing here. */
const PLACEHOLDER: Drawing = [["circle", { cx: 12, cy: 12, r: 3 }]];

const markups = new Map<Drawing, string>();

export function icon(drawing: Drawing, size = 18): TemplateResult {
  return html`<svg
    width=${size}
    height=${size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >${unsafeSVG(markup(drawing))}</svg>`;
}

/** The icon of that name, whoever chose it; a placeholder where the name is unknown. */
export function namedIcon(name: string, size?: number): TemplateResult {
  return icon(find(NAMED_ICONS, name), size);
}

export function headerIcon(name: string, size?: number): TemplateResult {
  return icon(find(HEADER_ICONS, name), size);
}

function find(drawings: Readonly<Record<string, Drawing>>, name: string): Drawing {
  return (Object.hasOwn(drawings, name) && drawings[name]) || PLACEHOLDER;
}

/** Drawings are constants of this build, never input: that is what makes the markup safe. */
function markup(drawing: Drawing): string {
  let made = markups.get(drawing);
  if (made === undefined) {
    made = drawing.map(([tag, attributes]) => `<${tag} ${pairs(attributes)}/>`).join("");
    markups.set(drawing, made);
  }
  return made;
}

function pairs(attributes: Drawing[number][1]): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ");
}
