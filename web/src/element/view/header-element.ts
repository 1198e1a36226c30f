/** `<chatkit-header>`: title and the ways to history, to a new thread and to the page's own actions. */
import type { HeaderOption } from "@openai/chatkit";
import { css, html, LitElement, nothing } from "lit";
import { property, query } from "lit/decorators.js";
import { PanelLeft, SquarePen } from "lucide";
import type { Strings } from "../i18n/en";
import { headerIcon, icon } from "../icons/icon";
import { baseStyles } from "../theme/base-styles";

export class HeaderElement extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      header {
        display: flex;
        align-items: center;
        gap: 4px;
        min-block-size: 52px;
        padding-inline: 10px;
      }
      h2 {
        flex: 1;
        min-inline-size: 0;
        margin: 0;
        padding-inline: 6px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: 0.95em;
        font-weight: 550;
      }
    `,
  ];

  @property({ attribute: false }) strings!: Strings;
  @property({ attribute: false }) options: HeaderOption = {};
  @property({ attribute: false }) threadTitle = "";
  @property({ type: Boolean }) history = true;
  @property({ type: Boolean }) historyOpen = false;
  /** A thread is open, so that beginning a new one makes sense. */
  @property({ type: Boolean }) inThread = false;

  @query("[data-testid=open-history]") private historyButton!: HTMLElement | null;

  /** Where focus goes when the history closes. */
  focusHistory(): void {
    this.historyButton?.focus();
  }

  protected override render() {
    const { strings, options } = this;
    const title = options.title?.enabled === false ? "" : (options.title?.text ?? this.threadTitle);
    return html`<header>
      ${options.leftAction ? this.#custom(options.leftAction, "header-left") : nothing}
      ${
        this.history
          ? html`<button
              type="button"
              class="icon-button mirrored"
              title=${strings.openHistory}
              aria-label=${strings.openHistory}
              aria-expanded=${this.historyOpen}
              data-testid="open-history"
              @click=${() => this.dispatchEvent(new CustomEvent("history-open"))}
            >
              ${icon(PanelLeft, 20)}
            </button>`
          : nothing
      }
      <h2 dir="auto" title=${title} data-testid="thread-title">${title}</h2>
      <button
        type="button"
        class="icon-button"
        title=${strings.newThread}
        aria-label=${strings.newThread}
        ?hidden=${!this.inThread}
        data-testid="new-thread"
        @click=${() => this.dispatchEvent(new CustomEvent("new-thread"))}
      >
        ${icon(SquarePen, 19)}
      </button>
      ${options.rightAction ? this.#custom(options.rightAction, "header-right") : nothing}
    </header>`;
  }

  #custom(action: NonNullable<HeaderOption["leftAction"]>, testId: string) {
    const name = action.icon.replaceAll("-", " ");
    return html`<button
      type="button"
      class="icon-button"
      title=${name}
      aria-label=${name}
      data-testid=${testId}
      @click=${() => action.onClick()}
    >
      ${headerIcon(action.icon, 20)}
    </button>`;
  }
}
