/** One answer while it runs here: what is known of its turn, and the ways in which the reader ends it. */
import type { RunningTurn } from "../../resume/wire";
import type { ProtocolClient, StreamWatch } from "../protocol/client";

/** Milliseconds within which a server that was told to stop has ended the stream. */
const STOPPED_WITHIN = 3000;

export class Run implements StreamWatch {
  /** Known once the server has begun an answer that can be resumed. */
  turn: RunningTurn | null;
  /** The reader has pressed Stop. */
  stopped = false;
  /** Some of its events will never come. */
  incomplete = false;

  readonly #client: ProtocolClient;
  readonly #onReconnecting: (reconnecting: boolean) => void;
  readonly #ending = new AbortController();
  #reconnecting = false;

  /** Ends when the reader leaves the thread, which `visit` tells. */
  constructor(
    client: ProtocolClient,
    visit: AbortSignal,
    turn: RunningTurn | null,
    onReconnecting: (reconnecting: boolean) => void,
  ) {
    this.#client = client;
    this.turn = turn;
    this.#onReconnecting = onReconnecting;
    visit.addEventListener("abort", () => this.#ending.abort(visit.reason), { once: true });
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /**
   * Stops the answer; what was said stays. The server is told, and the stream is read on to its end, so that what
   * stands here is what is stored. A server that cannot be told so learns of it by the end of the connection.
   */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    const end = () => this.#ending.abort(new DOMException("stopped by the reader", "AbortError"));
    if (!this.turn) {
      end();
      return;
    }
    void this.#client.stop(this.turn.threadId).then((heard) => heard || end());
    if (this.#reconnecting) end();
    else setTimeout(end, STOPPED_WITHIN);
  }

  opened(turn: RunningTurn): void {
    this.turn = turn;
  }

  missed(): void {
    this.incomplete = true;
  }

  broken(): void {
    this.#reconnecting = true;
    this.#onReconnecting(true);
  }

  back(): void {
    this.#reconnecting = false;
    this.#onReconnecting(false);
  }
}
