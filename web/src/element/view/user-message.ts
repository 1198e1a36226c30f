/** What the reader said: plain text, never Markdown. */
import { css, html, nothing, type TemplateResult } from "lit";
import { File as FileDrawing } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import type { Attachment, UserMessageItem } from "../protocol/items";
import { leave, ofTag, point, press } from "./entity";
import { isLoadable } from "./loadable";

export function userMessage(item: UserMessageItem, strings: Strings): TemplateResult {
  // Written without line breaks inside the bubble: white space in it is the reader's own.
  return html`<article
    class="user"
    aria-label=${strings.userSaid}
    data-testid="user-message"
    data-item-id=${item.id}
  >
    ${item.attachments.length ? html`<div class="files">${item.attachments.map(attachment)}</div>` : nothing}
    ${item.quoted_text ? html`<blockquote class="quoted">${item.quoted_text}</blockquote>` : nothing}
    ${item.content.length ? html`<div class="bubble" dir="auto">${item.content.map(part)}</div>` : nothing}
  </article>`;
}

function part(content: UserMessageItem["content"][number]): TemplateResult {
  if (content.type !== "input_tag") return html`${content.text}`;
  if (!content.interactive) return html`<span class="tag" data-testid="tag">${content.text}</span>`;
  const entity = ofTag(content);
  const at = (event: Event) => event.currentTarget as HTMLElement;
  return html`<button
    type="button"
    class="tag"
    data-testid="tag"
    @click=${(event: Event) => press(at(event), entity)}
    @pointerenter=${(event: Event) => point(at(event), entity)}
    @pointerleave=${(event: Event) => leave(at(event))}
    @focus=${(event: Event) => point(at(event), entity)}
    @blur=${(event: Event) => leave(at(event))}
  >${content.text}</button>`;
}

function attachment(file: Attachment): TemplateResult {
  if (file.type === "image" && isLoadable(file.preview_url)) {
    return html`<img
      class="preview"
      src=${file.preview_url}
      alt=${file.name}
      title=${file.name}
      loading="lazy"
      data-testid="attachment"
    />`;
  }
  return html`<span class="file" data-testid="attachment" title=${file.name}
    >${icon(FileDrawing, 16)}<span dir="auto">${file.name}</span></span
  >`;
}

export const userMessageStyles = css`
  .user {
    display: flex;
    flex-direction: column;
    align-items: flex-end;
    gap: 6px;
  }
  .bubble {
    max-inline-size: min(85%, 36em);
    padding: calc(var(--ck-space) * 2.25) calc(var(--ck-space) * 4);
    border-radius: min(var(--ck-radius-l), 22px);
    background: var(--ck-bubble);
    color: var(--ck-on-bubble);
    line-height: 1.5;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .tag {
    display: inline-block;
    padding: 0 0.45em;
    border-radius: 6px;
    background: color-mix(in oklab, var(--ck-tint) 14%, transparent);
    font-weight: 500;
  }
  button.tag:hover {
    background: color-mix(in oklab, var(--ck-tint) 26%, transparent);
  }
  .quoted {
    max-inline-size: min(85%, 36em);
    margin: 0;
    padding-inline-start: 12px;
    border-inline-start: 3px solid var(--ck-border-strong);
    color: var(--ck-muted);
    font-size: 0.9em;
    line-height: 1.45;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 4;
    overflow: hidden;
    white-space: pre-line;
  }
  .files {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-end;
    justify-content: flex-end;
    gap: 6px;
  }
  .file {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    max-inline-size: 260px;
    padding: 8px 12px;
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-m);
    font-size: 0.88em;
  }
  .file span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .preview {
    inline-size: 160px;
    block-size: 160px;
    object-fit: cover;
    border-radius: var(--ck-radius-m);
    background: var(--ck-raised);
  }
`;
