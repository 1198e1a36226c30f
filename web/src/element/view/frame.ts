/** The whole element inside its border: which parts there are and what each is given. */
import type { ChatKitOptions, Entity, StartScreenPrompt } from "@openai/chatkit";
import { css, html, nothing, type TemplateResult } from "lit";
import type { Locale } from "../i18n/locale";
import { RequestError } from "../protocol/errors";
import type { StructuredInputItem } from "../protocol/items";
import type { Chat } from "../session/chat";
import { pendingInput } from "../thread/turns";
import type { ActionRequest } from "../widget/action";
import { type DropZone, dropSign } from "./drop-zone";
import type { EntityPreview } from "./entity-preview";
import type { FormAnswer } from "./form-element";
import { failureBox } from "./messages";
import { startScreen } from "./start-screen";

export interface FrameContext {
  chat: Chat;
  options: ChatKitOptions;
  locale: Locale;
  announcement: string;
  dropZone: DropZone;
  preview: EntityPreview;
  onHistoryClosed: () => void;
  onNewThread: () => void;
  /** The reader wants to write. */
  onCompose: () => void;
}

export function frame(context: FrameContext): TemplateResult {
  const { chat, options, locale } = context;
  const { history } = chat;
  const historyEnabled = options.history?.enabled !== false;
  return html`<div
    class="frame"
    role="region"
    aria-label=${options.frameTitle || locale.strings.title}
    lang=${locale.language}
    dir=${locale.direction}
    data-testid="chatkit"
    @deeplink=${(event: CustomEvent<{ name: string; data: Record<string, unknown> }>) => {
      event.stopPropagation();
      chat.host.emit("chatkit.deeplink", event.detail);
    }}
    @entity-press=${(event: CustomEvent<Entity>) => {
      event.stopPropagation();
      context.preview.hide();
      options.entities?.onClick?.(event.detail);
    }}
    @entity-point=${context.preview.point}
    @entity-leave=${context.preview.leave}
    @keydown=${({ key }: KeyboardEvent) => key === "Escape" && context.preview.hide()}
    @dragover=${context.dropZone.over}
    @dragleave=${context.dropZone.leave}
    @drop=${context.dropZone.drop}
    @widget-action=${(event: CustomEvent<ActionRequest>) => {
      event.stopPropagation();
      event.detail.waitUntil(chat.actions.perform(event.detail));
    }}
    @widget-error=${(event: CustomEvent<Error>) => {
      event.stopPropagation();
      chat.host.report(event.detail);
    }}
  >
    <div class="main" ?inert=${history.open && historyEnabled}>
      ${header(context, historyEnabled)} ${body(context)} ${footer(context)}
    </div>
    ${history.open && historyEnabled ? historyPanel(context) : nothing}
    ${context.preview.render(locale.strings)}
    ${context.dropZone.active ? dropSign(locale.strings) : nothing}
    <div class="visually-hidden" role="status" aria-live="polite">${context.announcement}</div>
  </div>`;
}

function header(context: FrameContext, historyEnabled: boolean): TemplateResult | typeof nothing {
  const { chat, options, locale } = context;
  if (options.header?.enabled === false) return nothing;
  return html`<chatkit-header
    .strings=${locale.strings}
    .options=${options.header ?? {}}
    .threadTitle=${chat.conversation.state.thread?.title ?? ""}
    .history=${historyEnabled}
    .historyOpen=${chat.history.open}
    .inThread=${!isNew(chat)}
    @history-open=${() => chat.history.show()}
    @new-thread=${context.onNewThread}
  ></chatkit-header>`;
}

function body(context: FrameContext): TemplateResult {
  const { chat, options, locale } = context;
  const { conversation, answers } = chat;
  const { strings } = locale;
  if (conversation.loadError) return loadFailure(context);
  if (conversation.phase === "loading") return skeleton(strings.loading);
  if (isNew(chat)) return startScreen(options.startScreen, strings, (prompt) => begin(chat, prompt));
  return html`<chatkit-timeline
    .chat=${chat}
    .strings=${strings}
    .state=${conversation.state}
    .phase=${conversation.phase}
    .votes=${chat.votes.byTurn}
    .itemActions=${options.threadItemActions ?? {}}
    .notSent=${answers.notSent}
    .reconnecting=${conversation.reconnecting}
    .autoScroll=${options.thread?.autoScroll === true}
    .loadingOlder=${conversation.loadingOlder}
    @compose=${context.onCompose}
  ></chatkit-timeline>`;
}

function footer(context: FrameContext): TemplateResult {
  const { chat, options, locale } = context;
  const { disclaimer } = options;
  // Questions stand where one would answer them.
  const asked = chat.busy || chat.locked ? null : pendingInput(chat.conversation.state.items);
  return html`<div class="footer">
    ${asked ? form(context, asked) : composer(context)}
    ${
      disclaimer?.text
        ? html`<chatkit-markdown
            class=${disclaimer.highContrast ? "disclaimer strong" : "disclaimer"}
            .text=${disclaimer.text}
            .strings=${locale.strings}
            .imageDomains=${NONE}
          ></chatkit-markdown>`
        : nothing
    }
  </div>`;
}

function form({ chat, locale }: FrameContext, item: StructuredInputItem): TemplateResult {
  return html`<chatkit-form
    data-testid="structured-input"
    data-item-id=${item.id}
    .item=${item}
    .strings=${locale.strings}
    @form-answer=${({ detail }: CustomEvent<FormAnswer>) => void chat.answers.fill(detail.itemId, detail.input)}
  ></chatkit-form>`;
}

function composer({ chat, options, locale }: FrameContext): TemplateResult {
  const { conversation, drafts } = chat;
  return html`<chatkit-composer
    .chat=${chat}
    .strings=${locale.strings}
    .draft=${drafts.of(conversation.threadId)}
    .phase=${conversation.phase}
    .status=${conversation.state.thread?.status ?? ACTIVE}
    .options=${options.composer ?? {}}
    .toolId=${drafts.toolId}
    .modelId=${drafts.modelId}
    .dictation=${chat.dictation.state}
    .menu=${chat.suggestions.menu}
    .allowCancel=${conversation.state.allowCancel}
  ></chatkit-composer>`;
}

const ACTIVE = { type: "active" } as const;
const NONE: readonly string[] = [];

function historyPanel({ chat, options, locale, onHistoryClosed }: FrameContext): TemplateResult {
  return html`<chatkit-history
    .chat=${chat}
    .strings=${locale.strings}
    .threads=${chat.history.threads}
    .currentId=${chat.conversation.threadId}
    .error=${chat.history.error}
    .loading=${chat.history.loading}
    .canRename=${options.history?.showRename !== false}
    .canDelete=${options.history?.showDelete !== false}
    @history-closed=${onHistoryClosed}
  ></chatkit-history>`;
}

function loadFailure({ chat, locale }: FrameContext): TemplateResult {
  const { loadError, threadId } = chat.conversation;
  const sentence = loadError instanceof RequestError ? loadError.sentence : undefined;
  const failure = { code: "", message: sentence ?? locale.strings.failureLoad, allowRetry: true };
  const again = () => chat.openThread(threadId).catch(() => undefined);
  return html`<div class="centre" data-testid="load-failure">${failureBox(failure, locale.strings, { retry: again })}</div>`;
}

function skeleton(label: string): TemplateResult {
  return html`<div class="skeleton" role="status" aria-label=${label} data-testid="loading">
    <i class="mine"></i><i></i><i></i><i class="short"></i><i class="mine"></i><i></i><i class="short"></i>
  </div>`;
}

function begin(chat: Chat, { prompt }: StartScreenPrompt): void {
  if (chat.busy) return;
  const content = typeof prompt === "string" ? { text: prompt } : { content: prompt };
  chat.sendUserMessage(content).catch((error: unknown) => chat.host.report(error));
}

/** Nothing has been said here yet. */
function isNew({ conversation: { state, threadId } }: Chat): boolean {
  return threadId === null && state.items.length === 0 && state.sending === null && state.failure === null;
}

export const frameStyles = css`
  :host {
    display: block;
    position: relative;
    inline-size: 100%;
    block-size: 100%;
    min-block-size: 240px;
    overflow: hidden;
    container-type: size;
    background: var(--ck-bg);
    color: var(--ck-fg);
    font-family: var(--ck-font);
    font-size: var(--ck-size);
    line-height: 1.5;
    -webkit-font-smoothing: antialiased;
    text-align: start;
  }
  :host([hidden]) {
    display: none;
  }
  .frame,
  .main {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
  }
  .footer {
    flex: none;
    inline-size: 100%;
    max-inline-size: 48rem;
    margin-inline: auto;
    padding: 0 calc(var(--ck-space) * 3) calc(var(--ck-space) * 3);
    padding-block-end: max(calc(var(--ck-space) * 3), env(safe-area-inset-bottom));
  }
  @container (min-width: 600px) {
    .footer {
      padding-inline: calc(var(--ck-space) * 6);
      padding-block-end: calc(var(--ck-space) * 4);
    }
  }
  chatkit-form {
    max-block-size: 70cqh;
    overflow-y: auto;
    scrollbar-width: thin;
    border-radius: var(--ck-radius-m);
  }
  .disclaimer {
    margin-block-start: 8px;
    color: var(--ck-faint);
    font-size: 0.78em;
    line-height: 1.4;
    text-align: center;
  }
  .disclaimer.strong {
    color: var(--ck-fg);
  }
  .centre {
    flex: 1;
    display: grid;
    place-content: center;
    padding: 24px;
  }
  .setup {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    gap: 6px;
    padding: 24px;
    text-align: center;
    overflow-wrap: anywhere;
  }
  .setup strong {
    color: var(--ck-danger);
  }
  .skeleton {
    flex: 1;
    min-block-size: 0;
    overflow: hidden;
    display: flex;
    flex-direction: column;
    gap: 14px;
    inline-size: min(100%, 48rem);
    margin-inline: auto;
    padding: 28px;
  }
  .skeleton i {
    flex: none;
    block-size: 14px;
    border-radius: 7px;
    background: var(--ck-raised);
  }
  .skeleton i.short {
    inline-size: 62%;
    margin-block-end: 22px;
  }
  .skeleton i.mine {
    align-self: flex-end;
    inline-size: 38%;
    block-size: 40px;
    border-radius: 20px;
    margin-block-end: 14px;
  }
  @media (prefers-reduced-motion: no-preference) {
    .skeleton {
      animation: breathe 1.6s ease-in-out infinite;
    }
  }
  @keyframes breathe {
    50% {
      opacity: 0.5;
    }
  }
`;
