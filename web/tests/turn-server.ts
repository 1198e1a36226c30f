/**
 * A server for tests that keeps what this project's server promises about turns: events with places, the routes that
 * follow and stop a turn, the header that says what a page of items stands for. Connections break where a test says.
 */
import type { ChatKitOptions } from "@openai/chatkit";

export interface Asked {
  method: string;
  url: string;
  headers: Headers;
  body: { type: string; params: Record<string, unknown> } | null;
}

type Event = Record<string, unknown>;

const STREAM = { "content-type": "text/event-stream", "chatkit-thread": "thr_1" };
export const thread = {
  id: "thr_1",
  title: "A chat",
  created_at: "2026-01-01T00:00:00Z",
  status: { type: "active" },
};

export class TurnServer {
  readonly asked: Asked[] = [];
  /** Bytes after which each coming connection breaks, in order; those after the last stay whole. */
  cuts: number[] = [];
  /** What the coming requests for events get instead of them. */
  refusals: (Response | "unreachable")[] = [];
  /** What the coming requests to stop get instead of being heard. */
  deaf: (Response | "unreachable")[] = [];
  /** The stored thread, in ascending order. */
  items: Event[] = [];
  turn = "turn_1";
  cancelled = 0;

  #log: Event[] = [];
  #ended = false;
  readonly #open = new Map<Connection, () => void>();

  get api(): ChatKitOptions["api"] {
    return { url: "/chatkit", domainKey: "", fetch: this.fetch };
  }

  get running(): boolean {
    return this.#log.length > 0 && !this.#ended;
  }

  /** Methods and paths of what was asked, beside the operations. */
  get routes(): string[] {
    return this.asked.filter(({ body }) => !body).map(({ method, url }) => `${method} ${url}`);
  }

  say(...events: Event[]): this {
    this.#log.push(...events);
    this.#tell();
    return this;
  }

  end(): this {
    this.#ended = true;
    this.#tell();
    return this;
  }

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    init.signal?.throwIfAborted();
    const body = typeof init.body === "string" ? JSON.parse(init.body) : null;
    const asked = {
      method: init.method ?? "GET",
      url: String(input),
      headers: new Headers(init.headers),
      body,
    };
    this.asked.push(asked);
    if (asked.url.endsWith("/cancel")) return this.#cancel();
    if (asked.url.endsWith("/events")) return this.#events(asked, init.signal ?? undefined);
    switch (body?.type) {
      case "threads.get_by_id":
        return this.#placed({ ...thread, items: { data: this.items, has_more: false } });
      case "items.list":
        return this.#placed({ data: this.items.toReversed(), has_more: false });
      default:
        return this.#stream(
          0,
          init.signal ?? undefined,
          asked.headers.get("chatkit-disconnect") === "detach",
        );
    }
  };

  #placed(json: unknown): Response {
    const headers: HeadersInit = this.running ? { "chatkit-turn": `${this.turn}:${this.#log.length}` } : {};
    return Response.json(json, { headers });
  }

  async #cancel(): Promise<Response> {
    const refusal = this.deaf.shift();
    if (refusal === "unreachable") throw new TypeError("Failed to fetch");
    if (refusal) return refusal;
    const cancelled = this.running;
    if (cancelled) {
      this.cancelled += 1;
      this.end();
    }
    return Response.json({ cancelled });
  }

  async #events(asked: Asked, signal: AbortSignal | undefined): Promise<Response> {
    const refusal = this.refusals.shift();
    if (refusal === "unreachable") throw new TypeError("Failed to fetch");
    if (refusal) return refusal;
    const [, turn, place] = /^(.+):(\d+)$/.exec(asked.headers.get("last-event-id") ?? "") ?? [];
    if (this.running) return this.#stream(turn === this.turn ? Number(place) : 0, signal, true);
    if (turn !== this.turn) return new Response(null, { status: 204 });
    this.#log = this.items
      .filter(({ type }) => type !== "user_message")
      .map((item) => ({ type: "thread.item.done", item }));
    return this.#stream(0, signal, true);
  }

  #stream(after: number, signal: AbortSignal | undefined, marked: boolean): Response {
    const connection = new Connection(this.cuts.shift() ?? Number.POSITIVE_INFINITY);
    let position = after;
    const listen = () => {
      for (; position < this.#log.length && connection.open; position += 1) {
        const id = marked ? `id: ${this.turn}:${position + 1}\n` : "";
        connection.send(`${id}data: ${JSON.stringify(this.#log[position])}\n\n`);
      }
      if (this.#ended && marked) connection.send(": end\n");
      if (this.#ended) connection.close();
      if (!connection.open) this.#open.delete(connection);
    };
    this.#open.set(connection, listen);
    const leave = () => this.#open.delete(connection);
    signal?.addEventListener("abort", () => {
      leave();
      connection.fail(signal.reason);
    });
    if (marked) connection.send("retry: 1000\n: keep-alive\n");
    listen();
    return new Response(connection.body(leave), { headers: { ...STREAM, "chatkit-turn": this.turn } });
  }

  /** Connections that are open. */
  get readers(): number {
    return this.#open.size;
  }

  /** Ends every open connection without a mark, as a process does that is going down. */
  drain(): void {
    for (const connection of this.#open.keys()) connection.close();
    this.#open.clear();
  }

  #tell(): void {
    for (const listen of [...this.#open.values()]) listen();
  }
}

/** What a server writes; it breaks after so many bytes, and not before they have been read. */
class Connection {
  open = true;
  #left: number;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #written: Uint8Array[] = [];

  constructor(bytes: number) {
    this.#left = bytes;
  }

  body(leave: () => void): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        for (const bytes of this.#written) controller.enqueue(bytes);
        if (!this.open) this.close();
      },
      cancel: leave,
    });
  }

  send(text: string): void {
    if (!this.open) return;
    const bytes = new TextEncoder().encode(text).slice(0, this.#left);
    this.#left -= bytes.length;
    this.#written.push(bytes);
    this.#controller?.enqueue(bytes);
    if (this.#left > 0) return;
    this.open = false;
    setTimeout(() => this.fail(new TypeError("connection reset")), 1);
  }

  fail(reason: unknown): void {
    this.open = false;
    this.#controller?.error(reason);
  }

  close(): void {
    const broken = this.#left <= 0;
    this.open = false;
    if (!broken) this.#controller?.close();
  }
}

/** An answer as this server streams one: the message, then words, then the whole. */
export function conversation(...words: string[]): { events: Event[]; items: Event[] } {
  const base = { thread_id: "thr_1", created_at: "2026-01-01T00:00:00Z" };
  const question = {
    ...base,
    id: "u1",
    type: "user_message",
    content: [{ type: "input_text", text: "Hi" }],
    attachments: [],
    inference_options: {},
  };
  const answer = (text: string) => ({
    ...base,
    id: "a1",
    type: "assistant_message",
    content: [{ type: "output_text", text, annotations: [] }],
  });
  const delta = (text: string) => ({
    type: "thread.item.updated",
    item_id: "a1",
    update: { type: "assistant_message.content_part.text_delta", content_index: 0, delta: text },
  });
  return {
    events: [
      { type: "thread.created", thread },
      { type: "thread.item.done", item: question },
      { type: "stream_options", stream_options: { allow_cancel: true } },
      { type: "thread.item.added", item: answer("") },
      ...words.map(delta),
      { type: "thread.item.done", item: answer(words.join("")) },
    ],
    items: [question, answer(words.join(""))],
  };
}
