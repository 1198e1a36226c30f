/** Lies letter for letter under the text that is written, and marks the names of tags in it. */
import { html, nothing, type TemplateResult } from "lit";
import type { Draft } from "../session/draft";
import { parts, token } from "../session/tag-text";

export function tagMirror({ text, tags }: Draft): TemplateResult | typeof nothing {
  if (tags.length === 0) return nothing;
  const shown = parts(text, tags).map((part) =>
    typeof part === "string" ? part : html`<mark data-testid="composer-tag">${token(part)}</mark>`,
  );
  return html`<div class="mirror" aria-hidden="true" dir="auto">${shown}</div>`;
}
