/** `<chatkit-history>`: the panel with the reader's threads. */
import { css, html, LitElement, nothing } from "lit";
import { property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { SquarePen, X } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import { RequestError } from "../protocol/errors";
import type { Thread } from "../protocol/events";
import type { Chat } from "../session/chat";
import { baseStyles } from "../theme/base-styles";
import { failureBox, messageStyles } from "./messages";

export class HistoryElement extends LitElement {
  static override styles = [
    baseStyles,
    messageStyles,
    css`
      :host {
        position: absolute;
        inset: 0;
        z-index: 2;
        display: flex;
      }
      .scrim {
        position: absolute;
        inset: 0;
        background: color-mix(in oklab, black 16%, transparent);
        animation: appear 160ms;
      }
      .panel {
        position: relative;
        display: flex;
        flex-direction: column;
        inline-size: min(340px, 100%);
        background: var(--ck-bg);
        border-inline-end: 1px solid var(--ck-border);
        box-shadow: var(--ck-shadow-high);
        animation: slide 200ms cubic-bezier(0.2, 0.8, 0.3, 1);
      }
      @container (max-width: 480px) {
        .panel {
          inline-size: 100%;
          border: 0;
        }
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      @keyframes slide {
        from {
          translate: -24px 0;
          opacity: 0;
        }
      }
      .top {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-block-size: 52px;
        padding-inline: 18px 10px;
      }
      h2 {
        margin: 0;
        font-size: 1em;
        font-weight: 600;
      }
      .new {
        display: flex;
        align-items: center;
        gap: 10px;
        margin: 0 10px 8px;
        padding: 10px;
        border-radius: var(--ck-radius-s);
      }
      .new:hover {
        background: var(--ck-hover);
      }
      .list {
        flex: 1;
        min-block-size: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-width: thin;
        margin: 0;
        padding: 2px 10px 16px;
        list-style: none;
        font-size: 0.95em;
      }
      .notice {
        margin: 0 14px 10px;
      }
      .quiet {
        padding: 24px 12px;
        color: var(--ck-faint);
        text-align: center;
      }
      .more {
        display: grid;
        justify-content: center;
        padding-block: 10px;
      }
    `,
  ];

  @property({ attribute: false }) chat!: Chat;
  @property({ attribute: false }) strings!: Strings;
  @property({ attribute: false }) threads: readonly Thread[] = [];
  @property({ attribute: false }) currentId: string | null = null;
  @property({ attribute: false }) error: unknown = null;
  @property({ type: Boolean }) loading = false;
  @property({ type: Boolean }) canRename = true;
  @property({ type: Boolean }) canDelete = true;

  @query("[data-testid=close-history]") private closeButton!: HTMLElement;

  protected override firstUpdated(): void {
    this.closeButton.focus();
  }

  protected override render() {
    const { strings, chat } = this;
    return html`
      <div class="scrim" @click=${this.#close}></div>
      <nav class="panel" aria-label=${strings.history} data-testid="history" @keydown=${this.#escape}>
        <div class="top">
          <h2>${strings.history}</h2>
          <button
            type="button"
            class="icon-button"
            title=${strings.closeHistory}
            aria-label=${strings.closeHistory}
            data-testid="close-history"
            @click=${this.#close}
          >
            ${icon(X, 20)}
          </button>
        </div>
        <button type="button" class="new" data-testid="history-new-thread" @click=${() => this.#open(null)}>
          ${icon(SquarePen, 18)} ${strings.newThread}
        </button>
        ${this.error ? this.#failure(this.error) : nothing}
        <ul class="list" aria-busy=${this.loading}>
          ${repeat(
            this.threads,
            (thread) => thread.id,
            (thread) => this.#row(thread),
          )}
          ${this.threads.length === 0 && !this.error ? this.#nothingHere() : nothing}
          ${
            chat.history.hasMore
              ? html`<li class="more">
                  <button type="button" class="button" ?disabled=${this.loading} @click=${() => chat.history.loadMore()}>
                    ${strings.historyMore}
                  </button>
                </li>`
              : nothing
          }
        </ul>
      </nav>
    `;
  }

  #row(thread: Thread) {
    const { chat } = this;
    return html`<li>
      <chatkit-history-row
        data-testid="history-row"
        data-thread-id=${thread.id}
        .thread=${thread}
        .strings=${this.strings}
        .current=${thread.id === this.currentId}
        .canRename=${this.canRename}
        .canDelete=${this.canDelete}
        @thread-open=${() => this.#open(thread.id)}
        @thread-rename=${(event: CustomEvent<string>) => void chat.renameThread(thread.id, event.detail)}
        @thread-delete=${() => void chat.deleteThread(thread.id)}
      ></chatkit-history-row>
    </li>`;
  }

  #nothingHere() {
    return html`<li class="quiet">${this.loading ? this.strings.loading : this.strings.historyEmpty}</li>`;
  }

  #failure(error: unknown) {
    const sentence = error instanceof RequestError ? error.sentence : undefined;
    const failure = { code: "", message: sentence ?? this.strings.failureHistory, allowRetry: true };
    return failureBox(failure, this.strings, { retry: () => void this.chat.history.reload() });
  }

  #open(id: string | null): void {
    this.#close();
    // A thread that cannot be loaded says so in its own place.
    if (id !== this.currentId) this.chat.openThread(id).catch(() => undefined);
  }

  readonly #close = (): void => {
    this.chat.history.hide();
    this.dispatchEvent(new CustomEvent("history-closed"));
  };

  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.#close();
  };
}
