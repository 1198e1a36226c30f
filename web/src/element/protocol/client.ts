/** Speaks the ChatKit protocol: one method for each way of being answered. Keeps no thread and draws nothing. */
import { SseParser } from "../../resume/sse";
import { deliverStop } from "../../resume/stop";
import { TurnStream, type Watch } from "../../resume/turn-stream";
import { sleep } from "../../resume/waits";
import { isEventStream, type Position, positionOf, type RunningTurn, turnOf } from "../../resume/wire";
import { ConnectionError, RequestError, StreamEventParsingError } from "./errors";
import { parseEvent, parseThread, type StreamEvent, type Thread } from "./events";
import type { ThreadItem } from "./items";
import { isObject, list, text } from "./json";
import { parseItem } from "./parse-item";
import type { JsonRequest, StreamingRequest } from "./requests";
import { retryDelay } from "./retry-policy";
import type { Transport } from "./transport";

export interface Page<T> {
  data: T[];
  /** Cursor of the next page; absent on the last. */
  after?: string;
  /** The place that the page stands for in the turn that is running; absent where none is. */
  position?: Position;
}

export interface StreamWatch extends Watch {
  /** The server has begun the answer, and its events can be had again. */
  opened(turn: RunningTurn): void;
  /** The events that were missed cannot be had; what came of them is in the thread. */
  missed(): void;
}

export class ProtocolClient {
  readonly #transport: Transport;
  readonly #report: (error: Error) => void;

  /** `report` hears of faults that do not end the work, such as an event that cannot be read. */
  constructor(transport: Transport, report: (error: Error) => void) {
    this.#transport = transport;
    this.#report = report;
  }

  /**
   * The events of one answer, in batches as they arrive. Ends with the answer. Throws RequestError when the server
   * refuses, the signal's reason when it is aborted. When the connection breaks: TurnLost where it could not be
   * made again, ConnectionError where the server does not offer that.
   */
  async *stream(
    request: StreamingRequest,
    signal: AbortSignal,
    watch: StreamWatch,
  ): AsyncGenerator<StreamEvent[]> {
    const response = await this.#open(request, signal);
    const turn = turnOf(response);
    if (turn) {
      watch.opened(turn);
      yield* this.#turn(turn, response, signal, watch);
    } else {
      yield* this.#once(response, request.type, signal);
    }
  }

  /** The events of an answer that is running already, after the place that `turn` names. */
  follow(turn: RunningTurn, signal: AbortSignal, watch: StreamWatch): AsyncGenerator<StreamEvent[]> {
    return this.#turn(turn, null, signal, watch);
  }

  /** Stops what runs in a thread. False where the server could not be told. */
  stop(threadId: string): Promise<boolean> {
    return deliverStop((keepalive) => this.#transport.cancel(threadId, keepalive));
  }

  async *#turn(
    { threadId, position }: RunningTurn,
    first: Response | null,
    signal: AbortSignal,
    watch: StreamWatch,
  ): AsyncGenerator<StreamEvent[]> {
    const reopen = (after: Position) => this.#transport.events(threadId, after, signal);
    const stream = new TurnStream(position, reopen, watch);
    for await (const messages of stream.messages(first, signal)) {
      yield this.#events(messages.map(({ data }) => data));
    }
    if (stream.incomplete) watch.missed();
  }

  /** A stream of a server that does not know how to resume: it ends when it closes. */
  async *#once(response: Response, op: string, signal: AbortSignal): AsyncGenerator<StreamEvent[]> {
    const reader = response.body?.getReader();
    if (!reader) return;
    const parser = new SseParser();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield this.#events(parser.push(value).map(({ data }) => data));
      }
    } catch (cause) {
      signal.throwIfAborted();
      throw new ConnectionError(op, true, { cause });
    } finally {
      // Frees the connection when the consumer leaves early; after the end there is nothing left to cancel.
      reader.cancel().catch(() => undefined);
    }
  }

  #events(data: string[]): StreamEvent[] {
    return data.map((one) => this.#read(one)).filter((event) => event !== null);
  }

  async getThread(id: string): Promise<{ thread: Thread; items: Page<ThreadItem> }> {
    const { json, position } = await this.#ask({ type: "threads.get_by_id", params: { thread_id: id } });
    const thread = parseThread(json);
    if (!thread) throw new RequestError(200, undefined, "threads.get_by_id");
    return { thread, items: { ...page(isObject(json) ? json.items : null, parseItem), position } };
  }

  /** The newest items after `after`, newest first. */
  async listItems(threadId: string, limit: number, after?: string): Promise<Page<ThreadItem>> {
    const params = { thread_id: threadId, limit, order: "desc" as const, after };
    const { json, position } = await this.#ask({ type: "items.list", params });
    return { ...page(json, parseItem), position };
  }

  async listThreads(limit: number, after?: string): Promise<Page<Thread>> {
    return page(
      await this.json({ type: "threads.list", params: { limit, order: "desc", after } }),
      parseThread,
    );
  }

  async json(request: JsonRequest): Promise<unknown> {
    return (await this.#ask(request)).json;
  }

  async #ask(request: JsonRequest): Promise<{ json: unknown; position: Position | undefined }> {
    const response = await this.#transport.post(request, "application/json");
    if (!response.ok) throw await refusal(response, request.type);
    try {
      return { json: await response.json(), position: positionOf(response) ?? undefined };
    } catch (cause) {
      throw new ConnectionError(request.type, true, { cause });
    }
  }

  async #open(request: StreamingRequest, signal: AbortSignal): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#transport.post(request, "text/event-stream", signal);
      if (response.ok && isEventStream(response)) return response;
      const delay = retryDelay(response, attempt);
      if (delay === null) throw await refusal(response, request.type);
      await sleep(delay, signal);
    }
  }

  #read(data: string): StreamEvent | null {
    try {
      return parseEvent(JSON.parse(data));
    } catch (cause) {
      this.#report(new StreamEventParsingError("an event of the stream is not JSON", { cause }));
      return null;
    }
  }
}

/** What a server that refused has said about it. */
export async function refusal(response: Response, op: string): Promise<RequestError> {
  const body: unknown = await response.json().catch(() => null);
  const sentence = isObject(body) ? text(body.message) : undefined;
  return new RequestError(response.status, sentence, op);
}

function page<T>(json: unknown, parse: (value: unknown) => T | null): Page<T> {
  const body = isObject(json) ? json : {};
  const data = list(body.data).map(parse);
  const after = body.has_more === true ? text(body.after) : undefined;
  return { data: data.filter((entry) => entry !== null), after };
}
