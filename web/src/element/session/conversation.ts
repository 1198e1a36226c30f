/**
 * The open thread: which one it is, what is known of it, loading and paging. Answers are run on it by `Answers`.
 */
import type { RunningTurn } from "../../resume/wire";
import type { Page, ProtocolClient } from "../protocol/client";
import type { StreamEvent, Thread } from "../protocol/events";
import type { ThreadItem } from "../protocol/items";
import { prependOlder, replaceNewest } from "../thread/reconcile";
import { reduce } from "../thread/reducer";
import { EMPTY_THREAD, type ThreadState } from "../thread/state";
import type { Host } from "./host";

const PAGE = 40;

export type Phase = "idle" | "loading" | "answering";

export class Conversation {
  state: ThreadState = EMPTY_THREAD;
  phase: Phase = "idle";
  /** The thread that is shown, also while it loads. */
  threadId: string | null = null;
  /** Why the thread could not be loaded. */
  loadError: unknown = null;
  loadingOlder = false;
  /** An answer runs, but nothing arrives of it at the moment. */
  reconnecting = false;
  /** What was found running when the thread was read; events after its position are not in the state yet. */
  running: RunningTurn | null = null;

  readonly #host: Host;
  readonly #client: ProtocolClient;
  #older: string | undefined;
  #visit = new AbortController();

  constructor(host: Host, client: ProtocolClient) {
    this.#host = host;
    this.#client = client;
  }

  get hasOlder(): boolean {
    return this.#older !== undefined;
  }

  /** Aborted when another thread is opened: whatever was under way for this one then has no effect. */
  get visit(): AbortSignal {
    return this.#visit.signal;
  }

  /** Shows a thread, or the start of a new one. Rejects when it cannot be loaded; a new thread can be begun then. */
  async open(threadId: string | null): Promise<void> {
    this.leave();
    const { visit } = this;
    const changed = threadId !== this.threadId;
    Object.assign(this, {
      threadId,
      state: EMPTY_THREAD,
      loadError: null,
      reconnecting: false,
      running: null,
    });
    this.#older = undefined;
    if (changed) this.#host.emit("chatkit.thread.change", { threadId });
    if (threadId === null) return this.enter("idle");
    this.enter("loading");
    this.#host.emit("chatkit.thread.load.start", { threadId });
    try {
      await this.#load(threadId, visit);
    } catch (error) {
      if (visit.aborted) return;
      this.loadError = error;
      this.#host.report(error);
      throw error;
    } finally {
      this.#host.emit("chatkit.thread.load.end", { threadId });
      if (!visit.aborted) this.enter("idle");
    }
  }

  /** Ends everything under way for the thread that is shown. */
  leave(): void {
    this.#visit.abort(new DOMException("another thread was opened", "AbortError"));
    this.#visit = new AbortController();
  }

  /** Reads thread and newest items again. */
  async refresh(): Promise<void> {
    const id = this.state.thread?.id;
    if (!id) return;
    const { visit } = this;
    const [{ thread }, newest] = await Promise.all([
      this.#client.getThread(id),
      this.#client.listItems(id, PAGE),
    ]);
    if (visit.aborted || this.phase !== "idle") return;
    if (newest.after === undefined) this.#older = undefined;
    this.#found(id, newest);
    this.set({ ...replaceNewest(this.state, newest.data.reverse()), thread });
  }

  async loadOlder(): Promise<void> {
    const id = this.state.thread?.id;
    if (!id || !this.#older || this.loadingOlder) return;
    const { visit } = this;
    this.loadingOlder = true;
    this.#host.changed();
    try {
      const older = await this.#client.listItems(id, PAGE, this.#older);
      if (visit.aborted) return;
      this.#older = older.after;
      this.set(prependOlder(this.state, older.data.reverse()));
    } catch (error) {
      this.#host.report(error);
    } finally {
      this.loadingOlder = false;
      this.#host.changed();
    }
  }

  /** The newest stored items in ascending order. */
  async newest(threadId: string): Promise<ThreadItem[]> {
    return (await this.#client.listItems(threadId, PAGE)).data.reverse();
  }

  async metadata(threadId: string): Promise<Thread> {
    return (await this.#client.getThread(threadId)).thread;
  }

  apply(event: StreamEvent): void {
    const before = this.state.thread?.id;
    this.set(reduce(this.state, event));
    const threadId = this.state.thread?.id;
    if (!threadId || threadId === before) return;
    this.threadId = threadId;
    this.#host.emit("chatkit.thread.change", { threadId });
  }

  setReconnecting(reconnecting: boolean): void {
    this.reconnecting = reconnecting;
    this.#host.changed();
  }

  enter(phase: Phase): void {
    this.phase = phase;
    this.#host.changed();
  }

  set(state: ThreadState): void {
    this.state = state;
    this.#host.changed();
  }

  async #load(id: string, visit: AbortSignal): Promise<void> {
    const { thread, items: oldest } = await this.#client.getThread(id);
    // A thread opens with its oldest items; a long one is read from its end instead.
    const newest = oldest.after === undefined ? null : await this.#client.listItems(id, PAGE);
    if (visit.aborted) return;
    this.#older = newest?.after;
    this.#found(id, newest ?? oldest);
    this.set({ ...EMPTY_THREAD, thread, items: newest ? newest.data.reverse() : oldest.data });
  }

  #found(threadId: string, { position }: Page<ThreadItem>): void {
    this.running = position === undefined ? null : { threadId, position };
  }
}
