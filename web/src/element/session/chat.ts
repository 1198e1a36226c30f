/**
 * One chat: puts the controllers together and offers what the views and the element's public methods do with them.
 * The public methods' contract: each answers with a promise that rejects, never hangs, where the call cannot work.
 */
import type { OpenAIChatKit, UserMessageContent } from "@openai/chatkit";
import { ProtocolClient } from "../protocol/client";
import { IntegrationError } from "../protocol/errors";
import type { CustomAction } from "../protocol/requests";
import type { Transport } from "../protocol/transport";
import { Uploader } from "../protocol/uploader";
import { Actions } from "./actions";
import { Answers } from "./answers";
import { Conversation } from "./conversation";
import { Dictation } from "./dictation";
import { Drafts } from "./draft";
import { History } from "./history";
import type { Host } from "./host";
import { isBlank, type Message } from "./message";
import { Suggestions } from "./suggestions";
import { Uploads } from "./uploads";
import { Votes } from "./votes";

type UserMessage = Parameters<OpenAIChatKit["sendUserMessage"]>[0];

export class Chat {
  readonly conversation: Conversation;
  readonly answers: Answers;
  readonly actions: Actions;
  readonly history: History;
  readonly drafts: Drafts;
  readonly uploads: Uploads;
  readonly suggestions: Suggestions;
  readonly dictation: Dictation;
  readonly votes: Votes;
  readonly host: Host;
  #left = false;

  constructor(host: Host, transport: Transport) {
    const client = new ProtocolClient(transport, (error) => host.report(error));
    this.host = host;
    this.conversation = new Conversation(host, client);
    this.history = new History(host, client);
    this.answers = new Answers(host, client, this.conversation, (thread) => this.history.put(thread));
    this.actions = new Actions(host, client, this.conversation, this.answers);
    this.drafts = new Drafts(host);
    this.uploads = new Uploads(host, new Uploader(client, transport), this.drafts);
    this.suggestions = new Suggestions(host, this.drafts);
    this.dictation = new Dictation(host, client, this.drafts);
    this.votes = new Votes(host, client);
  }

  get busy(): boolean {
    return this.conversation.phase !== "idle";
  }

  get locked(): boolean {
    return (this.conversation.state.thread?.status.type ?? "active") !== "active";
  }

  async openThread(id: string | null): Promise<void> {
    this.answers.reset();
    await this.conversation.open(id);
    this.#followRunning();
  }

  async sendUserMessage(params: UserMessage): Promise<void> {
    this.#refuseWhileBusy();
    const content: UserMessageContent[] = params.content ?? [{ type: "input_text", text: params.text ?? "" }];
    const { reply, attachments = [], toolChoice, model } = params;
    const message: Message = { content, reply, attachments, inference: { model, tool_choice: toolChoice } };
    if (isBlank(message)) throw new IntegrationError("sendUserMessage() needs text, content or attachments.");
    if (params.newThread) await this.openThread(null);
    if (this.locked) throw new IntegrationError("This thread does not take messages.");
    void this.answers.send(message);
  }

  async sendCustomAction(action: CustomAction, itemId?: string): Promise<void> {
    this.#refuseWhileBusy();
    if (!this.conversation.state.thread)
      throw new IntegrationError("There is no thread to send an action to.");
    await this.answers.act(action, itemId);
  }

  async fetchUpdates(): Promise<void> {
    this.#refuseWhileBusy();
    await Promise.all([this.conversation.refresh(), this.history.open ? this.history.reload() : undefined]);
    this.#followRunning();
  }

  /** Sends what stands in the composer. */
  submit(): void {
    const threadId = this.conversation.threadId;
    const message = this.drafts.message(threadId);
    if (this.busy || this.locked || isBlank(message) || this.drafts.isIncomplete(threadId)) return;
    this.uploads.sent(this.drafts.of(threadId).files);
    this.drafts.sent(threadId);
    void this.answers.send(message);
  }

  /** Sends the message again that the server has not taken. */
  resend(): void {
    const message = this.answers.takeUnsent();
    if (message) void this.answers.send(message);
  }

  /** Puts the message that the server has not taken back into the composer. */
  editUnsent(): void {
    const message = this.answers.takeUnsent();
    if (message) this.drafts.restore(this.conversation.threadId, message);
  }

  /** Answers the newest message again. */
  retryLast(): void {
    const last = this.conversation.state.items.findLast((item) => item.type === "user_message");
    if (last) void this.answers.retry(last.id);
  }

  /** Comes back to an answer whose connection was given up: it may be complete by now, or still be running. */
  async reconnect(): Promise<void> {
    const { conversation } = this;
    const { failure, thread } = conversation.state;
    if (this.busy || !failure) return;
    if (!thread) return this.openThread(failure.threadId ?? null);
    conversation.set({ ...conversation.state, failure: null });
    conversation.setReconnecting(true);
    try {
      await conversation.refresh();
    } catch (error) {
      conversation.set({ ...conversation.state, failure });
      this.host.report(error);
    } finally {
      conversation.setReconnecting(false);
    }
    this.#followRunning();
  }

  /** The element has left the page. What it was reading goes on without it. */
  leave(): void {
    this.dictation.cancel();
    if (this.conversation.phase !== "answering") return;
    this.#left = true;
    this.conversation.leave();
    this.conversation.enter("idle");
  }

  /** The element is in a page again. */
  async comeBack(): Promise<void> {
    if (!this.#left) return;
    this.#left = false;
    await this.openThread(this.conversation.threadId);
  }

  async renameThread(id: string, title: string): Promise<void> {
    const thread = await this.history.rename(id, title);
    if (thread && this.conversation.state.thread?.id === id)
      this.conversation.apply({ type: "thread.updated", thread });
  }

  async deleteThread(id: string): Promise<void> {
    const deleted = await this.history.delete(id);
    if (deleted && this.conversation.threadId === id) await this.openThread(null);
  }

  #followRunning(): void {
    const { running, phase } = this.conversation;
    if (!running || phase !== "idle") return;
    this.conversation.running = null;
    void this.answers.follow(running);
  }

  #refuseWhileBusy(): void {
    const { phase } = this.conversation;
    if (phase === "loading") throw new IntegrationError("A thread is being loaded.");
    if (phase === "answering") throw new IntegrationError("An answer is running.");
  }
}
