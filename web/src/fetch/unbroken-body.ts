/** The body of a response as the widget expects it: plain `data:` events, whatever happens to the connections under it. */
import { type Reopen, TurnStream } from "../resume/turn-stream";
import type { RunningTurn } from "../resume/wire";

interface Reader {
  reopen: Reopen;
  /** The widget's own. */
  signal: AbortSignal | undefined;
  /** The widget has aborted, or has let go of the body, before its end. */
  left(): void;
  /** Nothing more comes, for whatever reason. Called once. */
  over(): void;
  /** The end was reached, but not every event of the turn could be had. */
  incomplete(): void;
}

export function unbrokenBody(
  response: Response,
  turn: RunningTurn,
  reader: Reader,
): ReadableStream<Uint8Array> {
  const body = new UnbrokenBody(response, turn, reader);
  return new ReadableStream({
    start: (controller) => body.start(controller),
    pull: (controller) => body.pull(controller),
    cancel: () => body.leave(),
  });
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

class UnbrokenBody {
  readonly #reader: Reader;
  readonly #turn: TurnStream;
  readonly #messages: ReturnType<TurnStream["messages"]>;
  readonly #leaving = new AbortController();
  readonly #encoder = new TextEncoder();
  #over = false;
  #abort = (): void => undefined;

  constructor(response: Response, turn: RunningTurn, reader: Reader) {
    this.#reader = reader;
    this.#turn = new TurnStream(turn.position, reader.reopen);
    this.#messages = this.#turn.messages(response, this.#leaving.signal);
  }

  start(controller: Controller): void {
    const { signal } = this.#reader;
    this.#abort = () => {
      controller.error(signal?.reason);
      this.leave();
    };
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener("abort", this.#abort, { once: true });
  }

  async pull(controller: Controller): Promise<void> {
    try {
      const { done, value } = await this.#messages.next();
      if (this.#over) return;
      if (!done) {
        controller.enqueue(this.#encoder.encode(value.map(({ data }) => frame(data)).join("")));
        return;
      }
      this.#finish();
      controller.close();
      if (this.#turn.incomplete) this.#reader.incomplete();
    } catch {
      if (this.#over) return;
      this.#finish();
      // What fetch says of a connection that breaks.
      controller.error(new TypeError("network error"));
    }
  }

  leave(): void {
    this.#finish();
    this.#leaving.abort();
    this.#reader.left();
  }

  #finish(): void {
    this.#over = true;
    this.#reader.signal?.removeEventListener("abort", this.#abort);
    this.#reader.over();
  }
}

function frame(data: string): string {
  return `${data.replace(/^/gm, "data: ")}\n\n`;
}
