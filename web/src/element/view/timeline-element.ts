/** `<chatkit-timeline>`: the open thread, scrolling. Draws the conversation; changes it only through `chat`. */
import type { ThreadItemActionsOption } from "@openai/chatkit";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ArrowDown } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import type { ThreadItem } from "../protocol/items";
import type { Chat } from "../session/chat";
import type { Phase } from "../session/conversation";
import type { Vote } from "../session/votes";
import { baseStyles, shimmerStyles } from "../theme/base-styles";
import type { ThreadState } from "../thread/state";
import { groupTurns, type Turn } from "../thread/turns";
import { FollowScroll } from "./follow-scroll";
import { failureBox, messageStyles, noticeBox, progressLine, reconnectingLine, retryRow } from "./messages";
import type { QuoteElement } from "./quote-element";
import { timelineStyles } from "./timeline-styles";

export class TimelineElement extends LitElement {
  static override styles = [baseStyles, shimmerStyles, messageStyles, timelineStyles];

  @property({ attribute: false }) chat!: Chat;
  @property({ attribute: false }) strings!: Strings;
  @property({ attribute: false }) state!: ThreadState;
  @property({ attribute: false }) phase: Phase = "idle";
  @property({ attribute: false }) votes: Readonly<Record<string, Vote>> = {};
  @property({ attribute: false }) itemActions: ThreadItemActionsOption = {};
  @property({ type: Boolean }) notSent = false;
  @property({ type: Boolean }) reconnecting = false;
  @property({ type: Boolean }) autoScroll = false;
  @property({ type: Boolean }) loadingOlder = false;

  @query(".scroller") private scroller!: HTMLElement;
  @query(".content") private content!: HTMLElement;
  @query("chatkit-quote") private quoteButton!: QuoteElement;
  #scroll: FollowScroll | null = null;
  #turns: Turn[] = [];
  /** The turn of a message keeps its place on the screen when the stored message takes over from the sent one. */
  #sentKeys = new Map<string, string>();
  #sent = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scroll?.dispose();
    this.#scroll = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("state");
    const { sending } = this.state;
    if (sending && before?.sending !== sending) this.#sent += 1;
    const shown = sending ? [...this.state.items, sending] : this.state.items;
    this.#turns = groupTurns(shown, this.#turns);
    const last = this.#turns.at(-1);
    if (before?.sending && !sending && last?.message) this.#sentKeys.set(last.key, `sent-${this.#sent}`);
    if (before && isPrepended(before.items, this.state.items)) this.#scroll?.keepPlace(this.updateComplete);
  }

  protected override render() {
    const { state, strings } = this;
    const top = state.notices.filter((notice) => notice.after === null);
    return html`
      <div class="scroller" tabindex="-1" @scroll=${this.#loadOlderNearStart}>
        <div class="content" data-testid="timeline" @pointerup=${this.#offerQuote} data-phase=${this.phase}>
          ${this.#older()} ${top.map((notice) => noticeBox(notice, strings))}
          ${repeat(
            this.#turns,
            (turn) => this.#keyOf(turn),
            (turn, at) => this.#turn(turn, at === this.#turns.length - 1),
          )}
        </div>
      </div>
      <chatkit-quote .strings=${strings} @quote=${this.#quote}></chatkit-quote>
      <button
        type="button"
        class="latest"
        title=${strings.scrollToLatest}
        aria-label=${strings.scrollToLatest}
        ?hidden=${!this.#scroll?.far}
        data-testid="scroll-to-latest"
        @click=${() => this.#scroll?.glideToEnd()}
      >
        ${icon(ArrowDown, 18)}
      </button>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.#scroll) {
      this.#scroll = new FollowScroll(this.scroller, this.content, () => this.requestUpdate());
      this.#scroll.jumpToEnd();
    }
    this.#scroll.following = this.autoScroll && this.phase === "answering";
    const before = changed.get("state");
    const startsAnswer = changed.has("phase") && this.phase === "answering";
    if (startsAnswer) this.#scroll.glideToEnd();
    else if (before && before.thread?.id !== this.state.thread?.id && before.thread) this.#scroll.jumpToEnd();
  }

  #turn(turn: Turn, last: boolean) {
    const { state, strings, chat } = this;
    const running = last && this.phase === "answering";
    return html`<section class=${last && chat.answers.grown ? "turn roomy" : "turn"} data-testid="turn">
      <chatkit-turn
        .turn=${turn}
        .strings=${strings}
        .open=${running ? state.open : NONE}
        .notices=${state.notices}
        .imageDomains=${state.thread?.allowed_image_domains}
        .imageProgress=${state.imageProgress}
        .vote=${this.votes[turn.key]}
        .running=${running}
        .busy=${this.phase !== "idle" || chat.locked}
        .past=${!last}
        .feedback=${this.itemActions.feedback === true}
        .retry=${this.itemActions.retry === true}
        @answer-retry=${() => turn.message && void chat.answers.retry(turn.message.id)}
        @answer-vote=${(event: CustomEvent<Vote>) => this.#vote(turn, event.detail)}
      ></chatkit-turn>
      ${last ? this.#end() : nothing}
    </section>`;
  }

  /** What stands below the newest turn. */
  #end() {
    const { state, strings } = this;
    if (this.reconnecting) return html`${reconnectingLine(strings)} ${this.#failure()}`;
    const visible = (item: ThreadItem) => state.open.has(item.id) && saysWhatHappens(item);
    const waiting = this.phase === "answering" && (state.progress !== null || !state.items.some(visible));
    return html`${waiting ? progressLine(state.progress, strings) : nothing} ${this.#failure()}`;
  }

  #failure() {
    const { strings, chat } = this;
    const { failure } = this.state;
    if (this.notSent) {
      const shown = failure ?? { code: "unsent", allowRetry: true };
      return failureBox(shown, strings, { retry: () => chat.resend(), edit: () => chat.editUnsent() });
    }
    if (!failure) return nothing;
    const again = () => (failure.code === "connection.gone" ? void chat.reconnect() : chat.retryLast());
    const retry = this.phase === "idle" ? again : undefined;
    const last = this.state.items.at(-1);
    // A server that stores the failure as the answer's last step has said it there already.
    const said =
      last?.type === "task" && failure.message !== undefined && last.task.content === failure.message;
    return said ? retryRow(failure, strings, retry) : failureBox(failure, strings, { retry });
  }

  #older() {
    if (!this.chat.conversation.hasOlder) return nothing;
    return html`<div class="older">
      <button type="button" class="button" ?disabled=${this.loadingOlder} @click=${this.#loadOlder}>
        ${this.loadingOlder ? this.strings.loading : this.strings.earlier}
      </button>
    </div>`;
  }

  readonly #loadOlder = (): void => {
    void this.chat.conversation.loadOlder();
  };

  readonly #offerQuote = (event: PointerEvent): void => {
    this.quoteButton.offer(event, this.getBoundingClientRect());
  };

  readonly #quote = (event: CustomEvent<string>): void => {
    this.chat.drafts.change(this.chat.conversation.threadId, { reply: event.detail });
    this.dispatchEvent(new CustomEvent("compose"));
  };

  readonly #loadOlderNearStart = (): void => {
    this.quoteButton.withdraw();
    if (this.#scroll?.nearStart && this.phase === "idle") this.#loadOlder();
  };

  #keyOf(turn: Turn): string {
    return turn.message === this.state.sending
      ? `sent-${this.#sent}`
      : (this.#sentKeys.get(turn.key) ?? turn.key);
  }

  #vote(turn: Turn, vote: Vote): void {
    const threadId = this.state.thread?.id;
    const rated = turn.answer.filter((item) => item.type === "assistant_message" || item.type === "widget");
    const ids = rated.map((item) => item.id);
    if (threadId && ids.length) void this.chat.votes.cast(turn.key, threadId, ids, vote);
  }
}

const NONE: ReadonlySet<string> = new Set();

function isPrepended(before: readonly ThreadItem[], now: readonly ThreadItem[]): boolean {
  const first = before[0];
  return first !== undefined && now[0] !== first && now.length > before.length && now.includes(first);
}

function saysWhatHappens(item: ThreadItem): boolean {
  if (item.type === "assistant_message") return item.content.some((part) => part.text !== "");
  return item.type === "workflow" ? item.workflow.tasks.length > 0 : item.type !== "client_tool_call";
}
