/** Sentences in the thread that are not part of it: notices, failures, progress. */
import { css, html, nothing, type TemplateResult } from "lit";
import { CircleAlert, Info, OctagonAlert, RotateCw, SquarePen, TriangleAlert, Unplug } from "lucide";
import type { Strings } from "../i18n/en";
import { type Drawing, icon, namedIcon } from "../icons/icon";
import type { NoticeLevel } from "../protocol/events";
import type { Failure, Notice, Progress } from "../thread/state";

const NOTICE_DRAWINGS: Readonly<Record<NoticeLevel, Drawing>> = {
  info: Info,
  warning: TriangleAlert,
  danger: OctagonAlert,
};

export function noticeBox(notice: Notice, strings: Strings): TemplateResult {
  return html`<aside
    class="notice ${notice.level}"
    role=${notice.level === "danger" ? "alert" : "note"}
    data-testid="notice"
    data-level=${notice.level}
  >
    <span class="notice-icon">${icon(NOTICE_DRAWINGS[notice.level], 18)}</span>
    <div>
      ${notice.title ? html`<div class="notice-title">${notice.title}</div>` : nothing}
      <chatkit-markdown .text=${notice.message} .strings=${strings} .imageDomains=${[]}></chatkit-markdown>
    </div>
  </aside>`;
}

export interface FailureActions {
  retry?: () => void;
  edit?: () => void;
}

export function failureBox(failure: Failure, strings: Strings, actions: FailureActions = {}): TemplateResult {
  const { retry, edit } = actions;
  const label = failure.code === "connection.gone" ? strings.reconnect : strings.retry;
  return html`<div class="notice danger" role="alert" data-testid="failure">
    <span class="notice-icon">${icon(CircleAlert, 18)}</span>
    <div class="failure-body">
      <div dir="auto">${failure.message || sentenceFor(failure.code, strings)}</div>
      <div class="failure-actions">
        ${edit ? actionButton("failure-edit", SquarePen, strings.edit, edit) : nothing}
        ${failure.allowRetry && retry ? actionButton("failure-retry", RotateCw, label, retry) : nothing}
      </div>
    </div>
  </div>`;
}

/** For a failure whose sentence stands in the thread already. */
export function retryRow(
  failure: Failure,
  strings: Strings,
  retry?: () => void,
): TemplateResult | typeof nothing {
  if (!failure.allowRetry || !retry) return nothing;
  return html`<div data-testid="failure">${actionButton("failure-retry", RotateCw, strings.retry, retry)}</div>`;
}

function actionButton(testId: string, drawing: Drawing, label: string, press: () => void): TemplateResult {
  return html`<button type="button" class="button" data-testid=${testId} @click=${press}>
    ${icon(drawing, 15)} ${label}
  </button>`;
}

/** What goes on while nothing else can be seen. */
export function progressLine(progress: Progress | null, strings: Strings): TemplateResult {
  return html`<div class="progress" data-testid="progress">
    ${progress?.icon ? namedIcon(progress.icon, 16) : nothing}
    <span class="shimmer">${progress?.text ?? strings.thinking}</span>
  </div>`;
}

/** In the place of `progressLine`, while nothing can arrive. */
export function reconnectingLine(strings: Strings): TemplateResult {
  return html`<div class="progress late" data-testid="reconnecting">
    ${icon(Unplug, 16)}<span class="shimmer">${strings.reconnecting}</span>
  </div>`;
}

function sentenceFor(code: string, strings: Strings): string {
  const sentences: Record<string, string> = {
    unsent: strings.notSent,
    request: strings.failureRequest,
    connection: strings.failureConnection,
    "connection.lost": strings.failureConnectionLost,
    "connection.gone": strings.failureConnectionGone,
  };
  return sentences[code] ?? strings.failure;
}

export const messageStyles = css`
  .notice {
    --level: var(--ck-info);
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr);
    gap: 10px;
    padding: calc(var(--ck-space) * 3) calc(var(--ck-space) * 3.5);
    border: 1px solid color-mix(in oklab, var(--level) 28%, var(--ck-bg));
    border-radius: var(--ck-radius-m);
    background: color-mix(in oklab, var(--level) 7%, var(--ck-bg));
    font-size: 0.94em;
    line-height: 1.5;
    overflow-wrap: anywhere;
  }
  .notice.warning {
    --level: var(--ck-warning);
  }
  .notice.danger {
    --level: var(--ck-danger);
  }
  .notice-icon {
    display: grid;
    place-items: center;
    block-size: 1.5em;
    color: var(--level);
  }
  .notice-title {
    font-weight: 600;
  }
  .notice chatkit-markdown {
    line-height: 1.5;
  }
  .failure-body {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
  }
  .progress {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 1.65em;
    color: var(--ck-faint);
  }
  .failure-actions {
    display: flex;
    gap: 8px;
  }
  .failure-actions:not(:has(button)) {
    display: none;
  }
`;
