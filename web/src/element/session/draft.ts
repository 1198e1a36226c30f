/** What stands in the composer, one draft for each thread. Sends nothing. */
import type { OpenAIChatKit } from "@openai/chatkit";
import type { FileRefusal } from "./file-limits";
import type { Host } from "./host";
import type { Message } from "./message";
import { fromContent, type Tag, toContent } from "./tag-text";
import { type DraftFile, uploaded } from "./uploads";

export type ComposerValue = Parameters<OpenAIChatKit["setComposerValue"]>[0];

export interface Draft {
  /** Tags stand in it by name. */
  text: string;
  tags: readonly Tag[];
  reply?: string;
  files: readonly DraftFile[];
  /** Files that were not let in, to be told once. */
  refused: readonly FileRefusal[];
}

const EMPTY: Draft = { text: "", tags: [], files: [], refused: [] };

export class Drafts {
  toolId: string | null = null;
  modelId: string | undefined;
  readonly #host: Host;
  readonly #byThread = new Map<string | null, Draft>();

  constructor(host: Host) {
    this.#host = host;
  }

  of(threadId: string | null): Draft {
    return this.#byThread.get(threadId) ?? EMPTY;
  }

  change(threadId: string | null, part: Partial<Draft>): void {
    this.#byThread.set(threadId, { ...this.of(threadId), ...part });
    this.#host.changed();
  }

  clear(threadId: string | null): void {
    this.#byThread.delete(threadId);
    this.#host.changed();
  }

  selectTool(id: string | null): void {
    if (id === this.toolId) return;
    this.toolId = id;
    this.#host.emit("chatkit.tool.change", { toolId: id });
    this.#host.changed();
  }

  selectModel(id: string | undefined): void {
    this.modelId = id;
    this.#host.changed();
  }

  /** Parts of `value` that are absent leave their part of the composer as it is. */
  set(threadId: string | null, value: ComposerValue): void {
    const part: Partial<Draft> = {};
    if (value.text !== undefined) Object.assign(part, { text: value.text, tags: [] });
    if (value.content) Object.assign(part, fromContent(value.content));
    if (value.reply !== undefined) part.reply = value.reply;
    if (value.attachments) part.files = value.attachments.map(uploaded);
    this.change(threadId, part);
    if (value.selectedToolId !== undefined) this.selectTool(value.selectedToolId);
    if (value.selectedModelId !== undefined) this.selectModel(value.selectedModelId);
  }

  /** The draft as a message; the tool and the model that are selected go with it. */
  message(threadId: string | null): Message {
    const draft = this.of(threadId);
    return {
      content: toContent(draft.text, draft.tags),
      attachments: draft.files.flatMap(({ attachment }) => attachment ?? []),
      reply: draft.reply,
      inference: { model: this.#model(), tool_choice: this.toolId ? { id: this.toolId } : undefined },
    };
  }

  /** A file is still on its way, or did not get through: the message would not be what is seen. */
  isIncomplete(threadId: string | null): boolean {
    return this.of(threadId).files.some(({ attachment }) => !attachment);
  }

  /** Puts a message back for editing. */
  restore(threadId: string | null, message: Message): void {
    const files = message.attachments.map(uploaded);
    this.change(threadId, { ...fromContent(message.content), files, reply: message.reply });
  }

  /** After sending: a tool stays selected only where its option says so. */
  sent(threadId: string | null): void {
    this.clear(threadId);
    const tool = this.#host.options.composer?.tools?.find((option) => option.id === this.toolId);
    if (!tool?.persistent) this.selectTool(null);
  }

  #model(): string | undefined {
    const models = this.#host.options.composer?.models;
    return this.modelId ?? models?.find((model) => model.default)?.id;
  }
}
