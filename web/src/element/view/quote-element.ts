/** `<chatkit-quote>`: the button that appears over text selected in an answer, to quote it in the next message. */
import { css, html, LitElement, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { Quote } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import { baseStyles } from "../theme/base-styles";

const LONGEST = 2000;

export class QuoteElement extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        position: absolute;
        z-index: 1;
        translate: -50% calc(-100% - 10px);
      }
      .button {
        background: var(--ck-fg);
        color: var(--ck-bg);
        border-color: transparent;
        box-shadow: var(--ck-shadow);
      }
      .button:hover:not(.danger, .solid) {
        background: var(--ck-muted);
      }
    `,
  ];

  @property({ attribute: false }) strings!: Strings;
  @state() private text = "";

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("selectionchange", this.#withdraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("selectionchange", this.#withdraw);
  }

  /** Offers to quote what is selected, if the pointer was lifted over an answer. `frame` is where this may appear. */
  offer(event: PointerEvent, frame: DOMRect): void {
    if (!event.composedPath().some((node) => node instanceof Element && node.matches(".assistant"))) return;
    // The browser settles the selection only after the pointer is lifted.
    setTimeout(() => {
      this.text = selected().slice(0, LONGEST);
      const x = Math.min(Math.max(event.clientX - frame.left, 60), frame.width - 60);
      this.style.setProperty("left", `${x}px`);
      this.style.setProperty("top", `${Math.max(event.clientY - frame.top, 52)}px`);
    });
  }

  withdraw(): void {
    this.text = "";
  }

  protected override render() {
    if (!this.text) return nothing;
    // Pressing must not take the selection away before it is read.
    return html`<button
      type="button"
      class="button"
      data-testid="quote"
      @pointerdown=${(event: Event) => event.preventDefault()}
      @click=${this.#quote}
    >
      ${icon(Quote, 14)} ${this.strings.quote}
    </button>`;
  }

  readonly #withdraw = (): void => {
    if (this.text && !selected()) this.withdraw();
  };

  readonly #quote = (): void => {
    const detail = this.text;
    this.withdraw();
    document.getSelection()?.removeAllRanges();
    this.dispatchEvent(new CustomEvent<string>("quote", { detail }));
  };
}

function selected(): string {
  return document.getSelection()?.toString().trim() ?? "";
}
