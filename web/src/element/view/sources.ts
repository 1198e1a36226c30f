/** The sources of an answer: a folded list below it. */
import { css, html, nothing, type TemplateResult } from "lit";
import { ChevronRight } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import { placeCitations } from "../markdown/citations";
import { hostOf, safeLink } from "../markdown/links";
import type { Annotation, Source } from "../protocol/items";
import { ofSource, press } from "./entity";

export function sourceList(
  annotations: readonly Annotation[],
  strings: Strings,
): TemplateResult | typeof nothing {
  if (annotations.length === 0) return nothing;
  const { sources } = placeCitations("", annotations);
  return html`<details class="sources" data-testid="sources">
    <summary>${strings.sources(sources.length)} <span class="turn-mark">${icon(ChevronRight, 14)}</span></summary>
    <ol>
      ${sources.map((source) => html`<li>${title(source)}${detail(source)}</li>`)}
    </ol>
  </details>`;
}

function title(source: Source): TemplateResult {
  const address = source.type === "url" ? safeLink(source.url) : null;
  if (source.type === "entity" && source.interactive) {
    const entity = ofSource(source);
    return html`<button
      type="button"
      class="source-title pressable"
      @click=${({ currentTarget }: Event) => currentTarget && press(currentTarget, entity)}
    >
      ${source.title}
    </button>`;
  }
  if (!address) return html`<span class="source-title">${source.title}</span>`;
  return html`<a class="source-title" href=${address} target="_blank" rel="noopener noreferrer nofollow"
    >${source.title}</a
  >`;
}

function detail(source: Source): TemplateResult | typeof nothing {
  const origin = source.type === "url" ? source.attribution || hostOf(source.url) : "";
  const filename = source.type === "file" && source.filename !== source.title ? source.filename : "";
  const parts = [origin, filename, source.description].filter(Boolean);
  return parts.length ? html`<span class="source-detail">${parts.join(" · ")}</span>` : nothing;
}

export const sourceStyles = css`
  .sources {
    font-size: 0.88em;
  }
  .sources summary {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 4px 12px;
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-control);
    color: var(--ck-muted);
    cursor: pointer;
    list-style: none;
  }
  .sources summary::-webkit-details-marker {
    display: none;
  }
  .sources summary:hover {
    background: var(--ck-hover);
    color: var(--ck-fg);
  }
  .turn-mark {
    transition: rotate 160ms;
  }
  .sources[open] .turn-mark {
    rotate: 90deg;
  }
  .sources ol {
    display: grid;
    gap: 10px;
    margin: 12px 0 0;
    padding-inline-start: 1.8em;
    line-height: 1.4;
  }
  .sources li::marker {
    color: var(--ck-faint);
    font-variant-numeric: tabular-nums;
  }
  .source-title {
    color: var(--ck-fg);
    text-decoration: none;
    overflow-wrap: anywhere;
  }
  .pressable {
    text-align: start;
  }
  :is(a, .pressable).source-title:hover {
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  .source-detail {
    display: block;
    color: var(--ck-faint);
    overflow-wrap: anywhere;
  }
`;
