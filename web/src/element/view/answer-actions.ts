/** `<chatkit-answer-actions>`: the row under a finished answer. Says what is wanted with events; does only the copying. */
import { css, html, LitElement, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { Check, Copy, RotateCw, ThumbsDown, ThumbsUp } from "lucide";
import { copyText } from "../clipboard";
import type { Strings } from "../i18n/en";
import { type Drawing, icon } from "../icons/icon";
import type { Vote } from "../session/votes";
import { baseStyles } from "../theme/base-styles";

export class AnswerActionsElement extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        gap: 2px;
        margin-inline-start: -7px;
      }
      .icon-button {
        color: var(--ck-faint);
      }
      .icon-button[aria-pressed="true"] {
        color: var(--ck-fg);
      }
      .icon-button[aria-pressed="true"] svg {
        fill: color-mix(in oklab, currentcolor 22%, transparent);
      }
    `,
  ];

  /** What "copy" copies; empty hides the button. */
  @property({ attribute: false }) text = "";
  @property({ attribute: false }) vote: Vote | undefined;
  @property({ attribute: false }) strings!: Strings;
  @property({ type: Boolean }) feedback = false;
  @property({ type: Boolean }) retry = false;
  @state() private copied = false;

  protected override render() {
    const { strings } = this;
    return html`
      ${
        this.text
          ? this.#button(
              "copy",
              this.copied ? strings.copied : strings.copy,
              this.copied ? Check : Copy,
              () => this.#copy(),
            )
          : nothing
      }
      ${
        this.feedback
          ? [
              this.#button("vote-up", strings.goodAnswer, ThumbsUp, () => this.#cast("positive"), "positive"),
              this.#button(
                "vote-down",
                strings.badAnswer,
                ThumbsDown,
                () => this.#cast("negative"),
                "negative",
              ),
            ]
          : nothing
      }
      ${this.retry ? this.#button("retry", strings.retry, RotateCw, () => this.#ask("answer-retry")) : nothing}
    `;
  }

  #button(testId: string, label: string, drawing: Drawing, press: () => void, vote?: Vote) {
    return html`<button
      type="button"
      class="icon-button small"
      title=${label}
      aria-label=${label}
      aria-pressed=${vote ? String(this.vote === vote) : nothing}
      data-testid=${testId}
      @click=${press}
    >
      ${icon(drawing, 16)}
    </button>`;
  }

  async #copy(): Promise<void> {
    this.copied = await copyText(this.text);
    setTimeout(() => {
      this.copied = false;
    }, 1600);
  }

  #cast(vote: Vote): void {
    this.dispatchEvent(new CustomEvent<Vote>("answer-vote", { detail: vote }));
  }

  #ask(type: string): void {
    this.dispatchEvent(new CustomEvent(type));
  }
}
