/** Writing by voice, as it is seen in the composer. */
import { css, html, nothing, type TemplateResult } from "lit";
import { Check, CircleAlert, Mic, X } from "lucide";
import type { Strings } from "../i18n/en";
import { type Drawing, icon } from "../icons/icon";
import type { DictationState } from "../session/dictation";

export interface DictationActions {
  start(): void;
  finish(): void;
  cancel(): void;
  dismiss(): void;
}

export function dictationButtons(
  { phase }: DictationState,
  strings: Strings,
  disabled: boolean,
  actions: DictationActions,
): TemplateResult {
  if (phase === "idle") return button("dictate", strings.dictate, Mic, actions.start, disabled);
  return html`<span class="dictating ${phase}" role="status" data-testid="dictating" data-phase=${phase}>
      <i></i>${phase === "transcribing" ? strings.transcribing : strings.listening}
    </span>
    ${button("dictate-cancel", strings.dictateCancel, X, actions.cancel)}
    ${phase === "recording" ? button("dictate-finish", strings.dictateFinish, Check, actions.finish) : nothing}`;
}

function button(
  testId: string,
  label: string,
  drawing: Drawing,
  press: () => void,
  disabled = false,
): TemplateResult {
  return html`<button
    type="button"
    class="icon-button"
    title=${label}
    aria-label=${label}
    ?disabled=${disabled}
    data-testid=${testId}
    @click=${press}
  >
    ${icon(drawing, 18)}
  </button>`;
}

export function dictationProblem(
  { problem }: DictationState,
  strings: Strings,
  dismiss: () => void,
): TemplateResult | typeof nothing {
  if (!problem) return nothing;
  const sentence = problem.reason === "blocked" ? strings.microphoneBlocked : strings.dictationFailed;
  return html`<div class="refused" role="alert" data-testid="dictation-problem">
    ${icon(CircleAlert, 15)}<span dir="auto">${problem.sentence ?? sentence}</span>
    <button type="button" aria-label=${strings.dismiss} title=${strings.dismiss} @click=${dismiss}>${icon(X, 14)}</button>
  </div>`;
}

export const dictationStyles = css`
  .dictating {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    color: var(--ck-muted);
    font-size: 0.88em;
  }
  .dictating i {
    inline-size: 9px;
    block-size: 9px;
    border-radius: 50%;
    background: var(--ck-danger);
  }
  .dictating:not(.recording) i {
    background: var(--ck-faint);
  }
  @media (prefers-reduced-motion: no-preference) {
    .dictating i {
      animation: beat 1.4s ease-in-out infinite;
    }
    @keyframes beat {
      50% {
        opacity: 0.35;
      }
    }
  }
  .composer > .refused {
    grid-column: 1 / -1;
    padding: 10px 12px 0 0;
  }
`;
