/**
 * Runs answers on the open thread, one at a time: sends the request, applies what streams back, and deals with every
 * way in which a stream can end. Failures end up in the thread's state, not in the promises.
 */
import { TurnLost } from "../../resume/turn-stream";
import type { RunningTurn } from "../../resume/wire";
import type { ProtocolClient } from "../protocol/client";
import { ConnectionError, RequestError, StreamError } from "../protocol/errors";
import type { StreamEvent, Thread } from "../protocol/events";
import type { CustomAction, StreamingRequest, Submission } from "../protocol/requests";
import { reopen, settle } from "../thread/reconcile";
import { readStored, readTitle } from "./afterwards";
import { clientToolOutput } from "./client-tool";
import type { Conversation } from "./conversation";
import type { Host } from "./host";
import { type Message, toInput, toShownItem } from "./message";
import { Run } from "./run";

export class Answers {
  /** The message that the server has not taken. */
  unsent: Message | null = null;
  /** The thread grew in this visit: the view then keeps room for the answer under the newest message. */
  grown = false;

  readonly #host: Host;
  readonly #client: ProtocolClient;
  readonly #conversation: Conversation;
  #running: Run | null = null;
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
    await this.#ask(
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
    const refused = await this.#ask({
      type: "threads.retry_after_item",
      params: { thread_id, item_id: itemId },
    });
    if (refused) conversation.set({ ...conversation.state, items: before.items, notices: before.notices });
  }

  async act(action: CustomAction, item_id?: string): Promise<void> {
    const conversation = this.#conversation;
    const thread_id = conversation.state.thread?.id;
    if (!thread_id) return;
    conversation.set({ ...conversation.state, failure: null });
    await this.#ask({ type: "threads.custom_action", params: { thread_id, item_id, action } });
  }

  /** Answers the questions of the assistant, or skips them; the answer goes on. */
  async fill(item_id: string, input: Submission): Promise<void> {
    const conversation = this.#conversation;
    const thread_id = conversation.state.thread?.id;
    if (!thread_id || conversation.phase !== "idle") return;
    conversation.set({ ...conversation.state, failure: null });
    await this.#ask({ type: "threads.add_structured_input", params: { thread_id, item_id, input } });
  }

  /** Shows an answer that is running already: it was begun before a reload, or in another tab. */
  async follow(turn: RunningTurn): Promise<void> {
    const conversation = this.#conversation;
    conversation.set(reopen(conversation.state));
    await this.#run("follow", turn, (run) => this.#client.follow(turn, run.signal, run));
  }

  stop(): void {
    this.#running?.stop();
  }

  /** Forgets what belonged to the thread that was open before. */
  reset(): void {
    this.unsent = null;
    this.grown = false;
    this.#rereading = false;
  }

  /** True when the server refused the request, so that nothing happened on its side. */
  #ask(request: StreamingRequest): Promise<boolean> {
    return this.#run(request.type, null, (run) => this.#stream(request, run));
  }

  async #run(
    op: string,
    turn: RunningTurn | null,
    begin: (run: Run) => AsyncIterable<StreamEvent[]>,
  ): Promise<boolean> {
    const conversation = this.#conversation;
    const { visit } = conversation;
    const run = new Run(this.#client, visit, turn, (reconnecting) => {
      if (!visit.aborted) conversation.setReconnecting(reconnecting);
    });
    this.#running = run;
    this.grown = true;
    conversation.enter("answering");
    this.#host.emit("chatkit.response.start");
    const failure = await this.#read(begin(run), visit);
    if (!visit.aborted) this.#end(op, run, failure?.error, visit);
    this.#host.emit("chatkit.response.end");
    this.#log(op, run.stopped || run.signal.aborted ? "stopped" : failure ? "failed" : "done");
    return failure?.error instanceof RequestError;
  }

  #end(op: string, run: Run, error: unknown, visit: AbortSignal): void {
    const conversation = this.#conversation;
    this.#running = null;
    conversation.set(settle(conversation.state));
    conversation.reconnecting = false;
    conversation.enter("idle");
    if (run.turn) this.unsent = null;
    if (error && !run.signal.aborted) this.#show(op, error, run);
    const cut = run.signal.aborted || (error instanceof ConnectionError && error.midway);
    if (cut) void this.#reread(visit);
    else if (run.incomplete) void conversation.refresh().catch((failed) => this.#host.report(failed));
    else if (op === "threads.create" && conversation.state.thread?.title === undefined) {
      void readTitle(this.#host, conversation, this.#onThread);
    }
  }

  /** The events of an answer, and of the further ones that client tools lead to. */
  async *#stream(first: StreamingRequest, run: Run): AsyncGenerator<StreamEvent[]> {
    for (let request: StreamingRequest | null = first; request; ) {
      yield* this.#client.stream(request, run.signal, run);
      request = await clientToolOutput(this.#host, this.#conversation.state);
    }
  }

  async #read(batches: AsyncIterable<StreamEvent[]>, visit: AbortSignal): Promise<{ error: unknown } | null> {
    try {
      for await (const events of batches) {
        visit.throwIfAborted();
        for (const event of events) this.#take(event);
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

  #show(op: string, error: unknown, run: Run): void {
    this.#host.report(error);
    const conversation = this.#conversation;
    const message = error instanceof RequestError ? error.sentence : undefined;
    // Retrying answers the newest message again, which is not what was asked for here.
    const allowRetry = op !== "threads.custom_action" || error instanceof TurnLost;
    const failure = { code: codeOf(error), message, allowRetry, threadId: run.turn?.threadId };
    conversation.set({ ...conversation.state, failure });
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

function codeOf(error: unknown): string {
  if (error instanceof TurnLost) return "connection.gone";
  if (error instanceof ConnectionError) return error.midway ? "connection.lost" : "connection";
  return "request";
}
