/** `<chatkit-history-row>`: one thread of the list; renames and deletes it in place. */
import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { Pencil, Trash } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import type { Thread } from "../protocol/events";
import { baseStyles } from "../theme/base-styles";

export class HistoryRowElement extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .row {
        display: flex;
        align-items: center;
        gap: 2px;
        min-block-size: 42px;
        padding-inline: 4px 6px;
        border-radius: var(--ck-radius-s);
      }
      .row.current {
        background: var(--ck-raised);
      }
      .open {
        flex: 1;
        min-inline-size: 0;
        padding: 9px 8px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        text-align: start;
        border-radius: var(--ck-radius-s);
      }
      .row.current .open {
        font-weight: 550;
      }
      @media (hover: hover) {
        .row:hover {
          background: var(--ck-hover);
        }
        .row:not(:hover, :focus-within) .tools {
          inline-size: 0;
        }
      }
      .tools {
        display: flex;
        overflow: hidden;
      }
      .tools .icon-button:focus-visible {
        outline-offset: -2px;
      }
      form,
      .confirm {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        padding: 10px;
        border-radius: var(--ck-radius-s);
        background: var(--ck-raised);
      }
      input {
        flex: 1 1 100%;
        min-inline-size: 0;
        padding: 7px 10px;
        border: 1px solid var(--ck-border-strong);
        border-radius: var(--ck-radius-s);
        background: var(--ck-bg);
      }
      .question {
        flex: 1 1 100%;
        line-height: 1.4;
        overflow-wrap: anywhere;
      }
      .name {
        color: var(--ck-muted);
        font-size: 0.92em;
      }
    `,
  ];

  @property({ attribute: false }) thread!: Thread;
  @property({ attribute: false }) strings!: Strings;
  @property({ type: Boolean }) current = false;
  @property({ type: Boolean }) canRename = true;
  @property({ type: Boolean }) canDelete = true;
  @state() private mode: "list" | "rename" | "delete" = "list";

  @query("input") private input!: HTMLInputElement | null;
  @query("[data-focus]") private focusTarget!: HTMLElement | null;

  protected override render() {
    if (this.mode === "rename") return this.#rename();
    return this.mode === "delete" ? this.#confirm() : this.#entry();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("mode") || changed.get("mode") === undefined) return;
    this.focusTarget?.focus();
    if (this.mode === "rename") this.input?.select();
  }

  get #title(): string {
    return this.thread.title ?? this.strings.untitled;
  }

  #entry(): TemplateResult {
    const { strings } = this;
    return html`<div class=${this.current ? "row current" : "row"}>
      <button
        type="button"
        class="open"
        dir="auto"
        title=${this.#title}
        aria-current=${this.current ? "true" : "false"}
        data-focus
        data-testid="history-open-thread"
        @click=${() => this.#ask("thread-open")}
      >
        ${this.#title}
      </button>
      <span class="tools">
        ${this.canRename ? this.#tool("rename", strings.rename, strings.renameThread(this.#title)) : null}
        ${this.canDelete ? this.#tool("delete", strings.delete, strings.deleteThread(this.#title)) : null}
      </span>
    </div>`;
  }

  #tool(mode: "rename" | "delete", title: string, label: string): TemplateResult {
    return html`<button
      type="button"
      class="icon-button small"
      title=${title}
      aria-label=${label}
      data-testid="history-${mode}"
      @click=${() => this.#enter(mode)}
    >
      ${icon(mode === "rename" ? Pencil : Trash, 15)}
    </button>`;
  }

  #rename(): TemplateResult {
    const { strings } = this;
    return html`<form @submit=${this.#save} @keydown=${this.#escape}>
      <input
        aria-label=${strings.renameLabel}
        dir="auto"
        maxlength="200"
        required
        .value=${this.thread.title ?? ""}
        data-focus
        data-testid="rename-input"
      />
      <button type="submit" class="button solid" data-testid="rename-save">${strings.save}</button>
      <button type="button" class="button" @click=${() => this.#enter("list")}>${strings.cancel}</button>
    </form>`;
  }

  #confirm(): TemplateResult {
    const { strings } = this;
    return html`<div class="confirm" role="group" aria-label=${strings.deleteQuestion} @keydown=${this.#escape}>
      <div class="question">
        ${strings.deleteQuestion}
        <div class="name" dir="auto">${this.#title}</div>
      </div>
      <button
        type="button"
        class="button danger"
        data-testid="delete-confirm"
        @click=${() => {
          this.mode = "list";
          this.#ask("thread-delete");
        }}
      >
        ${strings.delete}
      </button>
      <button type="button" class="button" data-focus @click=${() => this.#enter("list")}>${strings.cancel}</button>
    </div>`;
  }

  #enter(mode: "list" | "rename" | "delete"): void {
    this.mode = mode;
  }

  readonly #save = (event: Event): void => {
    event.preventDefault();
    const title = this.input?.value.trim() ?? "";
    this.mode = "list";
    if (title !== "" && title !== this.thread.title) this.#ask("thread-rename", title);
  };

  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.#enter("list");
  };

  #ask(type: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
