/** Follows the answer that was already running when the widget opened a thread, for the widget does not. One at a time. */
import { TurnStream } from "../resume/turn-stream";
import { positionOf, threadRoute } from "../resume/wire";
import { beside, type Call } from "./call";
import type { Fetch } from "./published/chatkit-fetch";

export class Follower {
  readonly #send: Fetch;
  readonly #update: (threadId: string) => void;
  readonly #every: number;
  #following: { threadId: string; stop: AbortController } | null = null;

  constructor(send: Fetch, update: (threadId: string) => void, every: number) {
    this.#send = send;
    this.#update = update;
    this.#every = every;
  }

  /** The widget turns to a thread: another one is followed no longer. */
  opens(call: Call): void {
    const turns = call.operation === "threads.get_by_id" || call.streaming;
    if (!turns || !this.#following || this.#following.threadId === call.threadId) return;
    this.#following.stop.abort();
    this.#following = null;
  }

  /** The thread as the widget gets it says whether an answer is running in it. */
  look(call: Call, response: Response): void {
    const { threadId } = call;
    const position = positionOf(response);
    if (call.operation !== "threads.get_by_id" || !threadId || !response.ok || !position || this.#following)
      return;
    const following = { threadId, stop: new AbortController() };
    this.#following = following;
    const reopen = (after: string, signal: AbortSignal) =>
      this.#send(threadRoute(call.url, threadId, "events"), {
        ...beside(call, "GET", { accept: "text/event-stream", "last-event-id": after }),
        signal,
      });
    void this.#follow(threadId, new TurnStream(position, reopen), following.stop.signal).finally(() => {
      if (this.#following === following) this.#following = null;
    });
  }

  async #follow(threadId: string, turn: TurnStream, signal: AbortSignal): Promise<void> {
    let updated = Date.now();
    try {
      for await (const _ of turn.messages(null, signal)) {
        if (this.#every <= 0 || Date.now() - updated < this.#every) continue;
        updated = Date.now();
        this.#update(threadId);
      }
    } catch {
      // Another thread is open, or the server is gone. Opening the thread again begins anew.
      return;
    }
    this.#update(threadId);
  }
}
