/**
 * Runs answers on the open thread, one at a time: sends the request, applies what streams back, and deals with every
 * way in which a stream can end. Failures end up in the thread's state, not in the promises.
 */
import type { ProtocolClient } from "../protocol/client";
import { ConnectionError, RequestError, StreamError } from "../protocol/errors";
import type { StreamEvent, Thread } from "../protocol/events";
import type { CustomAction, StreamingRequest } from "../protocol/requests";
import { settle } from "../thread/reconcile";
import { readStored, readTitle } from "./afterwards";
import { clientToolOutput } from "./client-tool";
import type { Conversation } from "./conversation";
import type { Host } from "./host";
import { type Message, toInput, toShownItem } from "./message";

export class Answers {
  /** The message that the server has not taken. */
  unsent: Message | null = null;
  /** The thread grew in this visit: the view then keeps room for the answer under the newest message. */
  grown = false;

  readonly #host: Host;
  readonly #client: ProtocolClient;
  readonly #conversation: Conversation;
  #running: AbortController | null = null;
  #rereading = false;

  readonly #onThread: (thread: Thread) => void;

  /** `onThread` hears of every new form of the thread itself, its title for instance. */
  constructor(
    host: Host,
    client: ProtocolClient,
    conversation: Conversation,
    onThread: (thread: Thread) => void,
  ) {
    this.#host = host;
    this.#client = client;
    this.#conversation = conversation;
    this.#onThread = onThread;
  }

  /** It is certain that the message on the screen has not reached the server. */
  get notSent(): boolean {
    return this.unsent !== null && this.#conversation.phase === "idle" && !this.#rereading;
  }

  async send(message: Message): Promise<void> {
    const conversation = this.#conversation;
    // In the place of a thread that could not be loaded a new one begins.
    if (conversation.loadError) await conversation.open(null);
    const input = toInput(message);
    const thread_id = conversation.state.thread?.id;
    conversation.set({
      ...conversation.state,
      failure: null,
      sending: toShownItem(message, thread_id ?? ""),
    });
    this.unsent = message;
    await this.#run(
      thread_id
        ? { type: "threads.add_user_message", params: { thread_id, input } }
        : { type: "threads.create", params: { input } },
    );
  }

  /** Takes the message that was not sent off the screen and hands it back. */
  takeUnsent(): Message | null {
    const message = this.unsent;
    this.unsent = null;
    this.#conversation.set({ ...this.#conversation.state, sending: null, failure: null });
    return message;
  }

  /** Answers a user's message again; what stands after it goes, and comes back if the server refuses. */
  async retry(itemId: string): Promise<void> {
    const conversation = this.#conversation;
    const before = conversation.state;
    const thread_id = before.thread?.id;
    const index = before.items.findIndex((item) => item.id === itemId);
    if (!thread_id || index < 0) return;
    const items = before.items.slice(0, index + 1);
    const notices = before.notices.filter((notice) => items.some((item) => item.id === notice.after));
    conversation.set({ ...before, items, notices, failure: null });
    const refused = await this.#run({
      type: "threads.retry_after_item",
      params: { thread_id, item_id: itemId },
    });
    if (refused) conversation.set({ ...conversation.state, items: before.items, notices: before.notices });
  }

  async act(action: CustomAction, item_id?: string): Promise<void> {
    const thread_id = this.#conversation.state.thread?.id;
    if (thread_id) await this.#run({ type: "threads.custom_action", params: { thread_id, item_id, action } });
  }

  /**
   * Ends the answer here; what was said stays. The protocol has no request for it: cutting the connection is how the
   * server learns of it.
   */
  stop(): void {
    this.#running?.abort(new DOMException("stopped by the reader", "AbortError"));
  }

  /** Forgets what belonged to the thread that was open before. */
  reset(): void {
    this.unsent = null;
    this.grown = false;
    this.#rereading = false;
  }

  /** True when the server refused the request, so that nothing happened on its side. */
  async #run(first: StreamingRequest): Promise<boolean> {
    const conversation = this.#conversation;
    const { visit } = conversation;
    const running = new AbortController();
    visit.addEventListener("abort", () => running.abort(visit.reason), { once: true });
    this.#running = running;
    this.grown = true;
    conversation.enter("answering");
    this.#host.emit("chatkit.response.start");
    const failure = await this.#follow(first, running.signal, visit);
    if (!visit.aborted) {
      this.#running = null;
      conversation.set(settle(conversation.state));
      conversation.enter("idle");
      if (failure && !running.signal.aborted) this.#show(failure.error);
      const cut =
        running.signal.aborted || (failure?.error instanceof ConnectionError && failure.error.midway);
      if (cut) void this.#reread(visit);
      else if (first.type === "threads.create" && conversation.state.thread?.title === undefined) {
        void readTitle(this.#host, conversation, this.#onThread);
      }
    }
    this.#host.emit("chatkit.response.end");
    this.#log(first.type, running.signal.aborted ? "stopped" : failure ? "failed" : "done");
    return failure?.error instanceof RequestError;
  }

  /** Streams the answer, and the further ones that client tools lead to, into the thread. */
  async #follow(
    first: StreamingRequest,
    signal: AbortSignal,
    visit: AbortSignal,
  ): Promise<{ error: unknown } | null> {
    try {
      for (let request: StreamingRequest | null = first; request; ) {
        for await (const events of this.#client.stream(request, signal)) {
          visit.throwIfAborted();
          for (const event of events) this.#take(event);
        }
        request = await clientToolOutput(this.#host, this.#conversation.state);
      }
      return null;
    } catch (error) {
      return { error };
    }
  }

  #take(event: StreamEvent): void {
    this.#conversation.apply(event);
    if (this.#conversation.state.sending === null) this.unsent = null;
    if (event.type === "thread.created" || event.type === "thread.updated") this.#onThread(event.thread);
    if (event.type === "client_effect") {
      this.#host.emit("chatkit.effect", { name: event.name, data: event.data });
    }
    if (event.type === "error") this.#host.report(new StreamError(`the answer ended with "${event.code}"`));
  }

  /** Ids only: what is said stays between the reader and the server. */
  #log(op: string, outcome: string): void {
    const data = { op, outcome, threadId: this.#conversation.threadId };
    this.#host.emit("chatkit.log", { name: "response", data });
  }

  #show(error: unknown): void {
    this.#host.report(error);
    const conversation = this.#conversation;
    const message = error instanceof RequestError ? error.sentence : undefined;
    const lost = error instanceof ConnectionError && error.midway;
    const code = error instanceof ConnectionError ? (lost ? "connection.lost" : "connection") : "request";
    conversation.set({ ...conversation.state, failure: { code, message, allowRetry: true } });
  }

  /** Until this is over it is not known whether the message on the screen was taken. */
  async #reread(visit: AbortSignal): Promise<void> {
    this.#rereading = true;
    await readStored(this.#host, this.#conversation);
    if (visit.aborted) return;
    this.#rereading = false;
    if (this.#conversation.state.sending === null) this.unsent = null;
    this.#host.changed();
  }
}
