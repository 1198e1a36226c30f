/** Sends what begins an answer, and hands the widget one unbroken response, which ends the answer only on Stop. */
import { deliverStop } from "../resume/stop";
import { DETACHING, type RunningTurn, threadRoute, turnOf } from "../resume/wire";
import { beside, type Call } from "./call";
import { canBeStopped } from "./page";
import type { Fetch } from "./published/chatkit-fetch";
import { unbrokenBody } from "./unbroken-body";

/** Milliseconds after the end of an answer at which the widget is free to do something else. */
const SETTLED = 500;

export class AnswerRequests {
  readonly #send: Fetch;
  readonly #update: (threadId: string) => void;
  readonly #reading = new Map<string, number>();
  readonly #stopping = new Map<string, Promise<unknown>>();

  /** `update` hears of threads whose answer is to be read there, because its events can no longer be had. */
  constructor(send: Fetch, update: (threadId: string) => void) {
    this.#send = send;
    this.#update = update;
  }

  /** The widget is reading an answer in this thread. */
  isReading(threadId: string): boolean {
    return this.#reading.has(threadId);
  }

  async send(call: Call): Promise<Response> {
    // A new message right after Stop would otherwise meet the answer that is only just ending.
    if (call.threadId !== undefined) await this.#stopping.get(call.threadId);
    const line = new AbortController();
    const headers = new Headers(call.init.headers);
    for (const [name, value] of Object.entries(DETACHING)) headers.set(name, value);
    call.signal?.throwIfAborted();
    const sent = this.#send(call.url, { ...call.init, headers, signal: line.signal });
    const response = await this.#unlessAborted(sent, call, line);
    const turn = turnOf(response);
    if (!turn) {
      call.signal?.addEventListener("abort", () => line.abort(call.signal?.reason), { once: true });
      return response;
    }
    this.#count(turn.threadId, 1);
    const body = unbrokenBody(response, turn, {
      reopen: (after, signal) =>
        this.#send(threadRoute(call.url, turn.threadId, "events"), {
          ...beside(call, "GET", { accept: "text/event-stream", "last-event-id": after }),
          signal,
        }),
      signal: call.signal,
      left: () => {
        if (canBeStopped()) this.#stop(call, turn);
        line.abort();
      },
      over: () => this.#count(turn.threadId, -1),
      incomplete: () => setTimeout(() => this.#update(turn.threadId), SETTLED),
    });
    const { status, statusText } = response;
    return new Response(body, { status, statusText, headers: response.headers });
  }

  /**
   * As soon as the widget gives up waiting, so does this. Whether the server has begun the answer is not known then,
   * so its response is awaited, to stop what it names.
   */
  #unlessAborted(sent: Promise<Response>, call: Call, line: AbortController): Promise<Response> {
    const { signal } = call;
    return new Promise((resolve, reject) => {
      const abort = () => {
        reject(signal?.reason);
        if (!canBeStopped()) line.abort(signal?.reason);
        void sent.then(
          (response) => {
            const turn = turnOf(response);
            if (turn && !line.signal.aborted) this.#stop(call, turn);
            line.abort();
          },
          () => undefined,
        );
      };
      signal?.addEventListener("abort", abort, { once: true });
      sent.then(resolve, reject).finally(() => signal?.removeEventListener("abort", abort));
    });
  }

  #stop(call: Call, { threadId }: RunningTurn): void {
    const route = threadRoute(call.url, threadId, "cancel");
    const delivered = deliverStop((keepalive) =>
      this.#send(route, { ...beside(call, "POST"), keepalive }),
    ).finally(() => {
      if (this.#stopping.get(threadId) === delivered) this.#stopping.delete(threadId);
    });
    this.#stopping.set(threadId, delivered);
  }

  #count(threadId: string, change: number): void {
    const count = (this.#reading.get(threadId) ?? 0) + change;
    if (count > 0) this.#reading.set(threadId, count);
    else this.#reading.delete(threadId);
  }
}
