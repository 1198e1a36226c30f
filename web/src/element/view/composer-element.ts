/** `<chatkit-composer>`: where the reader writes. The draft lives in `chat`; this only shows and changes it. */
import type { ComposerOption } from "@openai/chatkit";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { ArrowUp, AtSign, Paperclip, Square } from "lucide";
import type { Strings } from "../i18n/en";
import { type Drawing, icon } from "../icons/icon";
import type { ThreadStatus } from "../protocol/events";
import type { Chat } from "../session/chat";
import type { Phase } from "../session/conversation";
import type { DictationState } from "../session/dictation";
import type { Draft } from "../session/draft";
import { acceptList } from "../session/file-limits";
import { isBlank } from "../session/message";
import type { BuiltIn, Menu } from "../session/suggestions";
import { baseStyles } from "../theme/base-styles";
import { attached, attachedStyles } from "./attached";
import { attributes } from "./attributes";
import { modelChoice, toolChoice } from "./composer-choices";
import { composerStyles } from "./composer-styles";
import { dictationButtons, dictationProblem, dictationStyles } from "./dictation";
import { menuAttributes, suggestionMenu, suggestionStyles } from "./suggestion-menu";
import { tagMirror } from "./tag-mirror";
import { isTouchOnly } from "./touch";

export class ComposerElement extends LitElement {
  static override styles = [baseStyles, composerStyles, attachedStyles, suggestionStyles, dictationStyles];

  @property({ attribute: false }) chat!: Chat;
  @property({ attribute: false }) strings!: Strings;
  @property({ attribute: false }) draft!: Draft;
  @property({ attribute: false }) phase: Phase = "idle";
  @property({ attribute: false }) status: ThreadStatus = { type: "active" };
  @property({ attribute: false }) options: ComposerOption = {};
  @property({ attribute: false }) toolId: string | null = null;
  @property({ attribute: false }) modelId: string | undefined;
  @property({ attribute: false }) dictation: DictationState = { phase: "idle" };
  @property({ attribute: false }) menu: Menu | null = null;
  @property({ type: Boolean }) allowCancel = false;

  @query("textarea") private input!: HTMLTextAreaElement | null;
  @query("input[type=file]") private picker!: HTMLInputElement | null;

  override focus(): void {
    if (this.hasUpdated) this.input?.focus();
    else void this.updateComplete.then(() => this.input?.focus());
  }

  protected override render() {
    const { strings, status, options } = this;
    if (status.type === "closed") {
      return html`<div class="closed" role="status" data-testid="closed">${status.reason || strings.closedBanner}</div>`;
    }
    const locked = status.type === "locked";
    return html`<form class=${locked ? "composer locked" : "composer"} @submit=${this.#submit} @click=${this.#focusFromEdge}>
      ${this.#menu()} ${this.#attached()}
      ${dictationProblem(this.dictation, strings, () => this.chat.dictation.dismiss())}
      <div class="writing">
      ${tagMirror(this.draft)}
      <textarea
        rows="1"
        ${attributes(menuAttributes(this.menu))}
        dir=${this.draft.text ? "auto" : nothing}
        enterkeyhint="send"
        aria-label=${strings.composerLabel}
        placeholder=${this.#placeholder(locked)}
        ?disabled=${locked}
        .value=${live(this.draft.text)}
        data-testid="composer-input"
        @input=${this.#input}
        @keydown=${this.#keydown}
        @paste=${this.#paste}
        @scroll=${this.#mirrorScroll}
        @blur=${() => this.chat.suggestions.close()}
      ></textarea>
      </div>
      <div class="bar">
        ${this.#attachButton(locked)} ${this.#mentionButton(locked)} ${toolChoice(options, strings, this.toolId, (id) => this.chat.drafts.selectTool(id))}
        ${modelChoice(options, strings, this.modelId, (id) => this.chat.drafts.selectModel(id))}
        <span class="gap"></span>
        ${this.#dictation(locked)} ${this.#mainButton(locked)}
      </div>
    </form>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("draft")) this.#fit();
    this.#takeOver();
    this.renderRoot.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** Puts in what was chosen, with the caret behind it. At once, so that what is typed next finds it there. */
  #takeOver(): void {
    const { suggestions, drafts, conversation } = this.chat;
    const { input } = this;
    if (suggestions.caret === null || !input) return;
    input.value = drafts.of(conversation.threadId).text;
    input.focus();
    input.setSelectionRange(suggestions.caret, suggestions.caret);
    suggestions.caret = null;
  }

  #choose(index?: number): boolean {
    const chosen = this.chat.suggestions.choose(index);
    this.#takeOver();
    return chosen;
  }

  #menu(): TemplateResult | typeof nothing {
    const { menu, strings } = this;
    return menu ? suggestionMenu(menu, strings, (index) => this.#choose(index)) : nothing;
  }

  #mentionButton(locked: boolean): TemplateResult | typeof nothing {
    const { entities } = this.chat.host.options;
    if (!entities?.onTagSearch || entities.showComposerMenu !== true) return nothing;
    const { mention } = this.strings;
    return html`<button
      type="button"
      class="icon-button mention"
      title=${mention}
      aria-label=${mention}
      ?disabled=${locked}
      data-testid="mention"
      @click=${this.#mention}
    >
      ${icon(AtSign, 18)}
    </button>`;
  }

  #placeholder(locked: boolean): string {
    if (locked) return this.status.reason || this.strings.lockedPlaceholder;
    const tool = this.options.tools?.find((option) => option.id === this.toolId);
    return tool?.placeholderOverride ?? this.options.placeholder ?? this.strings.composerPlaceholder;
  }

  #mainButton(locked: boolean): TemplateResult {
    const { strings } = this;
    if (this.phase === "answering" && this.allowCancel) {
      return html`<button
        type="button"
        class="main"
        title=${strings.stop}
        aria-label=${strings.stop}
        data-testid="stop"
        @click=${() => this.chat.answers.stop()}
      >
        ${icon(STOP, 18)}
      </button>`;
    }
    const { threadId } = this.chat.conversation;
    const { drafts } = this.chat;
    const unready = isBlank(drafts.message(threadId)) || drafts.isIncomplete(threadId);
    return html`<button
      type="submit"
      class="main"
      title=${strings.send}
      aria-label=${strings.send}
      ?disabled=${unready || locked || this.phase !== "idle"}
      data-testid="send"
    >
      ${icon(ArrowUp, 20)}
    </button>`;
  }

  #attached(): TemplateResult | typeof nothing {
    const { uploads } = this.chat;
    const { threadId } = this.chat.conversation;
    return attached(this.draft, this.strings, {
      change: (part) => this.#change(part),
      removeFile: (key) => uploads.remove(threadId, key),
      retryFile: (key) => uploads.retry(threadId, key),
    });
  }

  #dictation(locked: boolean): TemplateResult | typeof nothing {
    const { dictation, conversation } = this.chat;
    if (!dictation.available) return nothing;
    return dictationButtons(this.dictation, this.strings, locked, {
      start: () => void dictation.start(conversation.threadId),
      finish: () => {
        dictation.finish();
        this.focus();
      },
      cancel: () => {
        dictation.cancel();
        this.focus();
      },
      dismiss: () => dictation.dismiss(),
    });
  }

  #attachButton(locked: boolean): TemplateResult | typeof nothing {
    const { attachments } = this.options;
    if (attachments?.enabled !== true) return nothing;
    const { attach } = this.strings;
    return html`<button
        type="button"
        class="icon-button attach"
        title=${attach}
        aria-label=${attach}
        ?disabled=${locked}
        data-testid="attach"
        @click=${() => this.picker?.click()}
      >
        ${icon(Paperclip, 19)}
      </button>
      <input
        type="file"
        hidden
        multiple
        accept=${acceptList(attachments.accept) || nothing}
        data-testid="file-input"
        @change=${this.#picked}
      />`;
  }

  #change(part: Partial<Draft>): void {
    this.chat.drafts.change(this.chat.conversation.threadId, part);
  }

  readonly #input = (event: InputEvent): void => {
    const { value, selectionStart } = event.target as HTMLTextAreaElement;
    this.#change({ text: value });
    this.#fit();
    this.#look(selectionStart);
  };

  #look(caret: number): void {
    this.chat.suggestions.look(this.chat.conversation.threadId, caret, this.#builtIns());
  }

  /** What `/` offers beside the page's commands. */
  #builtIns(): BuiltIn[] {
    const { attachments, tools = [] } = this.options;
    const { strings } = this;
    const attach = { id: "attach", label: strings.attach, run: () => this.picker?.click() };
    const use = tools.map(({ id, label, icon: drawing }) => ({
      id: `tool-${id}`,
      label: strings.useTool(label),
      icon: drawing,
      run: () => this.chat.drafts.selectTool(id),
    }));
    return attachments?.enabled === true ? [attach, ...use] : use;
  }

  /** Begins a mention where the caret is. */
  readonly #mention = (): void => {
    const { input } = this;
    if (!input) return;
    const at = input.selectionStart;
    const gap = at > 0 && !/\s/.test(input.value[at - 1] ?? "") ? " @" : "@";
    this.#change({ text: input.value.slice(0, at) + gap + input.value.slice(input.selectionEnd) });
    this.chat.suggestions.caret = at + gap.length;
    this.#takeOver();
    this.#look(at + gap.length);
  };

  readonly #mirrorScroll = (): void => {
    const mirror = this.renderRoot.querySelector(".mirror");
    if (mirror && this.input) mirror.scrollTop = this.input.scrollTop;
  };

  readonly #picked = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    this.#add([...(field.files ?? [])]);
    // So that the same file can be picked again after it was removed.
    field.value = "";
    this.focus();
  };

  readonly #paste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || this.options.attachments?.enabled !== true) return;
    event.preventDefault();
    this.#add(files);
  };

  #add(files: File[]): void {
    this.chat.uploads.add(this.chat.conversation.threadId, files);
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    // Enter also ends the choice of a character in an input method; 229 is how Safari says so.
    const composing = event.isComposing || event.keyCode === 229;
    if (!composing && this.#menuKey(event)) {
      event.preventDefault();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || composing || isTouchOnly()) return;
    event.preventDefault();
    this.chat.submit();
  };

  /** Whether the key was meant for the menu. */
  #menuKey({ key, shiftKey }: KeyboardEvent): boolean {
    const { suggestions } = this.chat;
    if (!this.menu) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step !== undefined) suggestions.move(step);
    if (key === "Escape")
      suggestions.dismiss(this.chat.conversation.threadId, this.input?.selectionStart ?? 0);
    // While it is being looked for, what Enter would choose is not known; sending is not what is meant.
    if (key === "Enter" && !shiftKey) return this.#choose() || this.menu.loading;
    if (key === "Tab") return this.#choose();
    return step !== undefined || key === "Escape";
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    this.chat.submit();
    if (!isTouchOnly()) this.focus();
  };

  readonly #focusFromEdge = (event: Event): void => {
    if (event.target === event.currentTarget) this.focus();
  };

  /** Makes the field as high as its text, within the bounds that the styles set. */
  #fit(): void {
    const { input } = this;
    if (!input) return;
    input.style.setProperty("height", "auto");
    input.style.setProperty("height", `${input.scrollHeight}px`);
  }
}

const STOP: Drawing = Square.map(([tag, attributes]) => [tag, { ...attributes, fill: "currentColor" }]);
