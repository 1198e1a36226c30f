/** `<chatkit-turn>`: a user's message and all that answers it. */
import { css, html, LitElement, nothing } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Strings } from "../i18n/en";
import type { ThreadItem } from "../protocol/items";
import type { Vote } from "../session/votes";
import { baseStyles, shimmerStyles } from "../theme/base-styles";
import type { Notice } from "../thread/state";
import { answerText, type Turn } from "../thread/turns";
import { answerItem, answerItemStyles } from "./answer-item";
import { messageStyles, noticeBox } from "./messages";
import { sourceStyles } from "./sources";
import { taskStyles } from "./task";
import { userMessage, userMessageStyles } from "./user-message";

export class TurnElement extends LitElement {
  static override styles = [
    baseStyles,
    shimmerStyles,
    userMessageStyles,
    answerItemStyles,
    taskStyles,
    sourceStyles,
    messageStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: calc(var(--ck-space) * 5);
      }
      .answer {
        display: flex;
        flex-direction: column;
        gap: calc(var(--ck-space) * 3.5);
        min-inline-size: 0;
      }
      .actions {
        min-block-size: 30px;
        margin-block-start: -6px;
      }
      @media (hover: hover) {
        .actions.quiet {
          /* They show in the space between two turns, which is there anyway. */
          margin-block-end: -26px;
          opacity: 0;
          transition: opacity 120ms;
        }
        :host(:hover) .actions.quiet,
        .actions.quiet:focus-within {
          opacity: 1;
        }
      }
    `,
  ];

  @property({ attribute: false }) turn!: Turn;
  @property({ attribute: false }) strings!: Strings;
  @property({ attribute: false }) open: ReadonlySet<string> = new Set();
  @property({ attribute: false }) notices: readonly Notice[] = [];
  @property({ attribute: false }) imageDomains: readonly string[] | undefined;
  @property({ attribute: false }) imageProgress: Readonly<Record<string, number>> = {};
  @property({ attribute: false }) vote: Vote | undefined;
  /** An answer is being written here. */
  @property({ type: Boolean }) running = false;
  /** No answer may be begun now. */
  @property({ type: Boolean }) busy = false;
  /** Later turns exist: the actions then show only when pointed at. */
  @property({ type: Boolean }) past = false;
  @property({ type: Boolean }) feedback = false;
  @property({ type: Boolean }) retry = false;

  protected override render() {
    const { message, answer } = this.turn;
    const notices = message ? this.notices.filter((notice) => notice.after === message.id) : [];
    return html`
      ${message ? userMessage(message, this.strings) : nothing}
      <div class="answer" ?hidden=${answer.length === 0 && notices.length === 0}>
        ${notices.map((notice) => noticeBox(notice, this.strings))}
        ${repeat(
          answer,
          (item) => item.id,
          (item) => this.#item(item),
        )}
        ${this.running ? nothing : this.#actions()}
      </div>
    `;
  }

  #item(item: ThreadItem) {
    const drawn = answerItem(item, {
      strings: this.strings,
      open: this.open.has(item.id),
      live: this.running,
      imageDomains: this.imageDomains,
      imageProgress: this.imageProgress[item.id],
      busy: this.busy,
      asking: !this.busy && !this.past,
    });
    return html`${drawn}${this.#noticesAfter(item.id)}`;
  }

  #noticesAfter(id: string) {
    const here = this.notices.filter((notice) => notice.after === id);
    return here.length ? here.map((notice) => noticeBox(notice, this.strings)) : nothing;
  }

  #actions() {
    const { message, answer } = this.turn;
    const text = answerText(answer);
    const rated = answer.some((item) => item.type === "assistant_message" || item.type === "widget");
    const retry = this.retry && message !== null && !this.busy;
    if (answer.length === 0 || !(text || retry)) return nothing;
    return html`<div class=${this.past ? "actions quiet" : "actions"}>
      <chatkit-answer-actions
        data-testid="answer-actions"
        .text=${text}
        .vote=${this.vote}
        .strings=${this.strings}
        .feedback=${this.feedback && rated}
        .retry=${retry}
        @answer-vote=${this.#passOn}
        @answer-retry=${this.#passOn}
      ></chatkit-answer-actions>
    </div>`;
  }

  /** Shadow roots end events; this one's owner wants to hear of these. */
  readonly #passOn = (event: CustomEvent): void => {
    this.dispatchEvent(new CustomEvent(event.type, { detail: event.detail }));
  };
}
