/**
 * `<openai-chatkit>`: the public face. Methods, events and options are those of `@openai/chatkit`; what they do is
 * done by `Chat`, what is seen is drawn by `frame`.
 */
import type { ChatKitEvents, ChatKitOptions, OpenAIChatKit } from "@openai/chatkit";
import { html, LitElement, nothing } from "lit";
import { query } from "lit/decorators.js";
import { Announcer } from "./announcer";
import { en } from "./i18n/en";
import { type Locale, resolveLocale } from "./i18n/locale";
import { checkOptions } from "./options";
import { IntegrationError } from "./protocol/errors";
import type { CustomAction } from "./protocol/requests";
import { Transport } from "./protocol/transport";
import { Chat } from "./session/chat";
import type { Host } from "./session/host";
import { ThemeSheet } from "./theme/apply";
import { baseStyles } from "./theme/base-styles";
import type { ComposerElement } from "./view/composer-element";
import { DropZone, dropStyles } from "./view/drop-zone";
import { EntityPreview, previewStyles } from "./view/entity-preview";
import { frame, frameStyles } from "./view/frame";
import type { HeaderElement } from "./view/header-element";
import { messageStyles } from "./view/messages";
import { startScreenStyles } from "./view/start-screen";
import { isTouchOnly } from "./view/touch";

/** How long a page may take to call setOptions() before the reader is told that something is missing. */
const OPTIONS_WITHIN = 4000;
/** `/chatkit` beside `/chatkit.js`: where sessions of `getClientSecret` are served. */
const HOME = folderOf(import.meta.url);

export class ChatKitElement extends LitElement implements OpenAIChatKit {
  static override styles = [
    baseStyles,
    frameStyles,
    messageStyles,
    startScreenStyles,
    dropStyles,
    previewStyles,
  ];

  #options: ChatKitOptions | null = null;
  #problem: IntegrationError | null = null;
  #ready = false;
  #frameRequested = false;
  #focusHistoryButton = false;
  #formShown = false;
  #locale: Locale = resolveLocale(undefined);
  readonly #theme = new ThemeSheet();
  readonly #announcer = new Announcer();
  readonly #chat = new Chat(this.#host(), this.#transport());

  readonly #dropZone = new DropZone({
    enabled: () => this.#chat.uploads.enabled && !this.#chat.locked,
    onFiles: (files) => this.#chat.uploads.add(this.#chat.conversation.threadId, files),
    onChange: () => this.requestUpdate(),
  });

  readonly #preview = new EntityPreview({
    request: async (entity) => this.#options?.entities?.onRequestPreview?.(entity),
    onError: (error) => this.#chat.host.report(error),
    onChange: () => this.requestUpdate(),
    bounds: () => this.getBoundingClientRect(),
  });

  @query("chatkit-composer") private composer!: ComposerElement | null;
  @query("chatkit-form") private form!: HTMLElement | null;
  @query("chatkit-header") private header!: HeaderElement | null;

  setOptions(options: ChatKitOptions): void {
    try {
      this.#options = checkOptions(options);
      this.#problem = null;
    } catch (error) {
      this.#complain(error as IntegrationError);
      return;
    }
    this.#locale = resolveLocale(options.locale);
    this.#theme.apply(options.theme);
    this.requestUpdate();
    if (this.isConnected) void this.#begin();
  }

  async focusComposer(): Promise<void> {
    this.#mustBeReady();
    this.composer?.focus();
  }

  async setThreadId(threadId: string | null): Promise<void> {
    this.#mustBeReady();
    if (this.#chat.busy) throw new IntegrationError("A thread is being loaded or an answer is running.");
    await this.#chat.openThread(threadId);
  }

  async sendUserMessage(params: Parameters<OpenAIChatKit["sendUserMessage"]>[0]): Promise<void> {
    this.#mustBeReady();
    await this.#chat.sendUserMessage(params);
  }

  async setComposerValue(params: Parameters<OpenAIChatKit["setComposerValue"]>[0]): Promise<void> {
    this.#mustBeReady();
    if (params.files?.length && !this.#chat.uploads.enabled)
      throw new IntegrationError("Files need the option `composer.attachments`.");
    const { threadId } = this.#chat.conversation;
    this.#chat.drafts.set(threadId, params);
    if (params.files?.length) this.#chat.uploads.add(threadId, params.files);
  }

  async sendCustomAction(action: CustomAction, itemId?: string): Promise<void> {
    this.#mustBeReady();
    await this.#chat.sendCustomAction(action, itemId);
  }

  async showHistory(): Promise<void> {
    this.#mustBeReady();
    if (this.#options?.history?.enabled === false) throw new IntegrationError("The history is not enabled.");
    this.#chat.history.show();
  }

  async hideHistory(): Promise<void> {
    this.#mustBeReady();
    this.#chat.history.hide();
  }

  async fetchUpdates(): Promise<void> {
    this.#mustBeReady();
    await this.#chat.fetchUpdates();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#options) void this.#begin();
    else setTimeout(() => this.#missOptions(), OPTIONS_WITHIN);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // Moving the element in the document disconnects it for a moment only.
    setTimeout(() => {
      if (!this.isConnected) this.#chat.leave();
    });
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot() as ShadowRoot;
    root.adoptedStyleSheets = [this.#theme.sheet, ...root.adoptedStyleSheets];
    this.#theme.apply(this.#options?.theme);
    return root;
  }

  protected override render() {
    if (this.#problem) {
      return html`<div class="setup" role="alert" data-testid="setup-problem">
        <strong>${en.notConfigured}</strong><span>${this.#problem.message}</span>
      </div>`;
    }
    if (!this.#options) return nothing;
    this.#announcer.update(this.#chat.conversation, this.#locale.strings);
    return frame({
      chat: this.#chat,
      options: this.#options,
      locale: this.#locale,
      announcement: this.#announcer.text,
      dropZone: this.#dropZone,
      preview: this.#preview,
      onNewThread: () => void this.#newThread(),
      onCompose: () => this.composer?.focus(),
      onHistoryClosed: () => {
        this.#focusHistoryButton = true;
      },
    });
  }

  protected override updated(): void {
    this.#keepWriting();
    if (!this.#focusHistoryButton || this.#chat.history.open) return;
    this.#focusHistoryButton = false;
    // The header could not take focus while the panel lay over it.
    this.header?.focusHistory();
  }

  /** Where a form stood there is the composer again: who answered by keyboard goes on writing there. */
  #keepWriting(): void {
    const formBefore = this.#formShown;
    this.#formShown = this.form !== null;
    const lost = document.activeElement === document.body;
    if (formBefore && !this.#formShown && lost && !isTouchOnly()) this.composer?.focus();
  }

  /** Once, when there are options and a place to draw: tells the page, then opens the first thread. */
  async #begin(): Promise<void> {
    if (this.#ready) {
      // The failure is on the screen and has been reported.
      await this.#chat.comeBack().catch(() => undefined);
      return;
    }
    this.#ready = true;
    await this.updateComplete;
    this.#emit("chatkit.ready");
    const first = this.#options?.initialThread ?? null;
    if (first !== null && this.#chat.conversation.threadId === null && !this.#chat.busy) {
      // The failure is on the screen and has been reported.
      await this.#chat.openThread(first).catch(() => undefined);
    }
  }

  async #newThread(): Promise<void> {
    await this.#chat.openThread(null);
    await this.updateComplete;
    this.composer?.focus();
  }

  #mustBeReady(): void {
    if (this.#ready && !this.#problem) return;
    throw new IntegrationError("The chat is not ready: call setOptions() and wait for chatkit.ready.");
  }

  #missOptions(): void {
    if (!this.#options && !this.#problem && this.isConnected) {
      this.#complain(new IntegrationError("setOptions() has not been called."));
    }
  }

  #complain(problem: IntegrationError): void {
    this.#problem = problem;
    this.#emit("chatkit.error", { error: problem });
    this.requestUpdate();
  }

  #emit(type: keyof ChatKitEvents, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Drawing keeps the pace of the screen, however fast events arrive; unseen pages draw now and then. */
  #draw(): void {
    if (this.#frameRequested) return;
    this.#frameRequested = true;
    const draw = () => {
      this.#frameRequested = false;
      this.requestUpdate();
    };
    if (document.hidden) setTimeout(draw, 200);
    else requestAnimationFrame(draw);
  }

  #host(): Host {
    const current = () => this.#options;
    return {
      get options(): ChatKitOptions {
        const options = current();
        if (!options) throw new IntegrationError("There are no options yet.");
        return options;
      },
      emit: (type, ...detail) => this.#emit(type, detail[0]),
      report: (cause) => {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (error.name !== "AbortError") this.#emit("chatkit.error", { error });
      },
      changed: () => this.#draw(),
    };
  }

  #transport(): Transport {
    return new Transport({
      api: () => this.#options?.api ?? { url: "", domainKey: "" },
      locale: () => this.#locale.tag,
      home: HOME,
    });
  }
}

/** A function, as the build takes `new URL(…, import.meta.url)` for the address of one of its own files. */
function folderOf(script: string): URL {
  return new URL(".", script);
}
