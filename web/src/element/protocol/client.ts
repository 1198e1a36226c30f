/** Speaks the ChatKit protocol: one method for each way of being answered. Keeps no thread and draws nothing. */
import { ConnectionError, RequestError, StreamEventParsingError } from "./errors";
import { parseEvent, parseThread, type StreamEvent, type Thread } from "./events";
import type { ThreadItem } from "./items";
import { isObject, list, text } from "./json";
import { parseItem } from "./parse-item";
import type { JsonRequest, StreamingRequest } from "./requests";
import { isEventStream, retryDelay, sleep } from "./retry-policy";
import { SseParser } from "./sse";
import type { Transport } from "./transport";

export interface Page<T> {
  data: T[];
  /** Cursor of the next page; absent on the last. */
  after?: string;
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
   * The events of one answer, in batches as they arrive. Ends with the stream. Throws RequestError when the server
   * refuses, ConnectionError when the connection breaks, the signal's reason when it is aborted.
   */
  async *stream(request: StreamingRequest, signal: AbortSignal): AsyncGenerator<StreamEvent[]> {
    const response = await this.#open(request, signal);
    const reader = response.body?.getReader();
    if (!reader) return;
    const parser = new SseParser();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const events = parser.push(value).map((data) => this.#read(data));
        yield events.filter((event) => event !== null);
      }
    } catch (cause) {
      signal.throwIfAborted();
      throw new ConnectionError(request.type, true, { cause });
    } finally {
      // Frees the connection when the consumer leaves early; after the end there is nothing left to cancel.
      reader.cancel().catch(() => undefined);
    }
  }

  async getThread(id: string): Promise<{ thread: Thread; items: Page<ThreadItem> }> {
    const json = await this.json({ type: "threads.get_by_id", params: { thread_id: id } });
    const thread = parseThread(json);
    if (!thread) throw new RequestError(200, undefined, "threads.get_by_id");
    return { thread, items: page(isObject(json) ? json.items : null, parseItem) };
  }

  /** The newest items after `after`, newest first. */
  async listItems(threadId: string, limit: number, after?: string): Promise<Page<ThreadItem>> {
    const params = { thread_id: threadId, limit, order: "desc" as const, after };
    return page(await this.json({ type: "items.list", params }), parseItem);
  }

  async listThreads(limit: number, after?: string): Promise<Page<Thread>> {
    return page(
      await this.json({ type: "threads.list", params: { limit, order: "desc", after } }),
      parseThread,
    );
  }

  async json(request: JsonRequest): Promise<unknown> {
    const response = await this.#transport.post(request, "application/json");
    if (!response.ok) throw await refusal(response, request.type);
    try {
      return await response.json();
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

async function refusal(response: Response, op: string): Promise<RequestError> {
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
