/**
 * The events of one turn as a single stream, however often the connection under it breaks: what has arrived is
 * counted, the rest is asked for, until the server says that the turn has ended or nobody has answered for too long.
 */
import { type Message, SseParser } from "./sse";
import { ATTEMPTS, isPassing, retryAfter, sleepUntilOnline, waitBefore } from "./waits";
import { isEventStream, type Position } from "./wire";

/** Asks for the events after a position: `GET …/events` with `Last-Event-ID`. Rejects where there is no connection. */
export type Reopen = (after: Position, signal: AbortSignal) => Promise<Response>;

export interface Watch {
  /** The connection is gone, and is being made anew. */
  broken?(): void;
  /** Events can arrive again. */
  back?(): void;
}

/** Milliseconds without a byte, heartbeats included, after which a connection counts as dead. */
const SILENCE = 45_000;
/** Milliseconds for which a connection has to live to count as a success although no event came. */
const ALIVE = 5_000;

/** The server will not go on, or has not been reached for too long. */
export class TurnLost extends Error {
  override readonly name = "TurnLost";

  constructor(
    /** The final refusal; absent where there was no answer at all. */
    readonly response?: Response,
  ) {
    super(response ? `the events were refused with status ${response.status}` : "the server was not reached");
  }
}

export class TurnStream {
  /** What has arrived so far. */
  position: Position;
  /** Not every event could be had, for the turn ended meanwhile: what became of it is to be read from the thread. */
  incomplete = false;

  readonly #reopen: Reopen;
  readonly #watch: Watch;
  /** Connections in a row that brought nothing. */
  #failures = 0;

  constructor(position: Position, reopen: Reopen, watch: Watch = {}) {
    this.position = position;
    this.#reopen = reopen;
    this.#watch = watch;
  }

  /**
   * Batches as they arrive, beginning with those of `first` where a response is there already. Ends with the turn.
   * Throws TurnLost, or the signal's reason.
   */
  async *messages(first: Response | null, signal: AbortSignal): AsyncGenerator<Message[]> {
    let response = first ?? (await this.#connect(signal));
    while (response) {
      const since = Date.now();
      const parser = new SseParser();
      for await (const messages of read(response, parser, signal)) {
        for (const { id } of messages) this.#count(id);
        this.#failures = 0;
        yield messages;
      }
      if (parser.ended) return;
      if (Date.now() - since > ALIVE) this.#failures = 0;
      this.#failed(undefined);
      response = await this.#connect(signal);
      if (response) this.#watch.back?.();
    }
    this.incomplete = true;
  }

  #count(id: Position | undefined): void {
    if (id === undefined) return;
    if (id !== next(this.position)) this.incomplete = true;
    this.position = id;
  }

  /** The next response with events, or null when there is nothing to follow. */
  async #connect(signal: AbortSignal): Promise<Response | null> {
    for (let asked = 0; ; ) {
      if (this.#failures > 0) await sleepUntilOnline(waitBefore(this.#failures, asked), signal);
      const response = await this.#ask(signal);
      if (response?.status === 204) return null;
      if (response?.ok && isEventStream(response)) return response;
      void response?.body?.cancel().catch(() => undefined);
      if (response && !response.ok && !isPassing(response)) throw new TurnLost(response);
      this.#failed(response ?? undefined);
      asked = response ? retryAfter(response) : 0;
    }
  }

  #failed(response: Response | undefined): void {
    this.#failures += 1;
    if (this.#failures > ATTEMPTS) throw new TurnLost(response);
    this.#watch.broken?.();
  }

  async #ask(signal: AbortSignal): Promise<Response | null> {
    try {
      return await this.#reopen(this.position, signal);
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }
}

function next(position: Position): Position {
  const colon = position.lastIndexOf(":");
  return `${position.slice(0, colon)}:${Number(position.slice(colon + 1)) + 1}`;
}

/** Ends where the response does, in whatever way; throws on abort only. */
async function* read(response: Response, parser: SseParser, signal: AbortSignal): AsyncGenerator<Message[]> {
  const reader = response.body?.getReader();
  if (!reader) return;
  const leave = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener("abort", leave, { once: true });
  try {
    while (!parser.ended) {
      const chunk = await nextChunk(reader);
      signal.throwIfAborted();
      if (!chunk) return;
      const messages = parser.push(chunk);
      if (messages.length > 0) yield messages;
    }
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
}

/** Null at the end, at a break, and when nothing has come for too long. */
async function nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), SILENCE);
  });
  try {
    const read = reader.read().then(({ done, value }) => (done ? null : value));
    return await Promise.race([read.catch(() => null), silence]);
  } finally {
    clearTimeout(timer);
  }
}
