/** What goes with the message that is being written: a quotation, files with their progress. */
import { css, html, nothing, type TemplateResult } from "lit";
import { CircleAlert, File as FileDrawing, Quote, RotateCw, X } from "lucide";
import type { Strings } from "../i18n/en";
import { type Drawing, icon } from "../icons/icon";
import type { Draft } from "../session/draft";
import type { FileRefusal } from "../session/file-limits";
import type { DraftFile } from "../session/uploads";
import { fileSize } from "./file-size";
import { isLoadable } from "./loadable";

export interface AttachedActions {
  change(part: Partial<Draft>): void;
  removeFile(key: string): void;
  retryFile(key: string): void;
}

export function attached(
  draft: Draft,
  strings: Strings,
  actions: AttachedActions,
): TemplateResult | typeof nothing {
  const { reply, files, refused } = draft;
  if (!reply && files.length + refused.length === 0) return nothing;
  return html`<div class="attached">
    ${reply ? chip(Quote, reply, strings.removeReply, () => actions.change({ reply: undefined })) : nothing}
    ${files.map((file) => fileChip(file, strings, actions))}
    ${
      refused.length > 0
        ? html`<div class="refused" role="alert" data-testid="files-refused">
            ${icon(CircleAlert, 15)}
            <span dir="auto">${refused.map((one) => refusalSentence(one, strings)).join(" ")}</span>
            ${remover(strings.dismiss, () => actions.change({ refused: [] }))}
          </div>`
        : nothing
    }
  </div>`;
}

function chip(
  drawing: Drawing | null,
  text: string,
  removeLabel: string,
  remove: () => void,
): TemplateResult {
  return html`<span class="chip" data-testid="composer-chip">
    ${drawing ? icon(drawing, 14) : nothing}<span dir="auto">${text}</span> ${remover(removeLabel, remove)}
  </span>`;
}

function fileChip(file: DraftFile, strings: Strings, actions: AttachedActions): TemplateResult {
  const { name, failed, attachment, preview } = file;
  const state = failed ? "failed" : attachment ? "ready" : "uploading";
  return html`<span class="chip file-chip ${state}" data-testid="file-chip" data-state=${state} title=${name}>
    <span class="thumb">
      ${isLoadable(preview) ? html`<img src=${preview} alt="" />` : icon(FileDrawing, 18)}
      ${state === "uploading" ? progressRing(file, strings) : nothing}
    </span>
    <span class="file-text">
      <span class="file-name" dir="auto">${name}</span>
      ${failed ? html`<span class="file-problem" role="alert" dir="auto">${failed.sentence ?? strings.uploadFailed}</span>` : nothing}
    </span>
    ${
      failed
        ? html`<button
            type="button"
            aria-label=${strings.retryUpload(name)}
            title=${strings.retryUpload(name)}
            data-testid="file-retry"
            @click=${() => actions.retryFile(file.key)}
          >
            ${icon(RotateCw, 14)}
          </button>`
        : nothing
    }
    ${remover(strings.removeTag(name), () => actions.removeFile(file.key))}
  </span>`;
}

/** Round, because the share is often known only at the end; then it just turns. */
function progressRing({ name, progress }: DraftFile, strings: Strings): TemplateResult {
  const percent = progress === undefined ? nothing : Math.round(progress * 100);
  return html`<svg
    class=${progress === undefined ? "ring turning" : "ring"}
    viewBox="0 0 24 24"
    role="progressbar"
    aria-label=${strings.uploading(name)}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent}
  >
    <circle cx="12" cy="12" r="9" pathLength="100" stroke-dasharray="100" stroke-dashoffset=${100 - (progress ?? 0.25) * 100} />
  </svg>`;
}

function remover(label: string, remove: () => void): TemplateResult {
  return html`<button type="button" aria-label=${label} title=${label} @click=${remove}>${icon(X, 14)}</button>`;
}

function refusalSentence({ name, reason, limit = 0 }: FileRefusal, strings: Strings): string {
  switch (reason) {
    case "too-many":
      return strings.tooManyFiles(limit);
    case "too-large":
      return strings.fileTooLarge(name, fileSize(limit));
    case "empty":
      return strings.fileEmpty(name);
    case "wrong-kind":
      return strings.fileWrongKind(name);
  }
}

export const attachedStyles = css`
  .attached {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-inline-start: calc(12px - var(--edge));
    padding-block-start: 10px;
    padding-inline-end: 12px;
    max-block-size: 40cqh;
    overflow-y: auto;
    scrollbar-width: thin;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    max-inline-size: min(100%, 320px);
    padding-block: 4px;
    padding-inline: 10px 4px;
    border-radius: var(--ck-radius-s);
    background: var(--ck-raised);
    font-size: 0.88em;
    cursor: default;
  }
  .chip > span:not(.thumb, .file-text),
  .file-name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .chip button,
  .refused button {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 24px;
    block-size: 24px;
    border-radius: 6px;
    color: var(--ck-muted);
  }
  .chip button:hover,
  .refused button:hover {
    background: var(--ck-pressed);
  }
  .file-chip {
    gap: 8px;
    padding: 5px;
    border: 1px solid transparent;
  }
  .file-chip.failed {
    border-color: color-mix(in oklab, var(--ck-danger) 45%, transparent);
  }
  .thumb {
    position: relative;
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 36px;
    block-size: 36px;
    border-radius: max(calc(var(--ck-radius-s) - 3px), 0px);
    background: var(--ck-bg);
    color: var(--ck-muted);
    overflow: hidden;
  }
  .thumb img {
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .uploading .thumb > :not(.ring) {
    opacity: 0.35;
  }
  .ring {
    position: absolute;
    inset: 6px;
    rotate: -90deg;
  }
  .ring circle {
    fill: none;
    stroke: var(--ck-tint);
    stroke-width: 3;
    stroke-linecap: round;
    transition: stroke-dashoffset 160ms;
  }
  @media (prefers-reduced-motion: no-preference) {
    .ring.turning {
      animation: turn 900ms linear infinite;
    }
    @keyframes turn {
      to {
        rotate: 270deg;
      }
    }
  }
  .file-text {
    display: grid;
    min-inline-size: 0;
  }
  .file-problem {
    color: var(--ck-danger);
    font-size: 0.92em;
    line-height: 1.35;
  }
  .refused {
    display: flex;
    align-items: flex-start;
    flex: 1 1 100%;
    gap: 6px;
    padding: 2px;
    color: var(--ck-danger);
    font-size: 0.88em;
    line-height: 1.5;
    cursor: default;
  }
  .refused svg {
    margin-block-start: 3px;
  }
  .refused > span {
    flex: 1;
    overflow-wrap: anywhere;
  }
  @media (pointer: coarse) {
    .chip button,
    .refused button {
      inline-size: 36px;
      block-size: 36px;
    }
  }
`;
