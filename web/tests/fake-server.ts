/** A server for tests: answers `fetch` calls in the order in which it was told to, and keeps what it was asked. */
import type { ChatKitOptions } from "@openai/chatkit";

export interface Asked {
  type: string;
  params: Record<string, unknown>;
  headers: Record<string, string>;
}

export interface Uploaded {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: unknown;
}

type Answer = (signal: AbortSignal | undefined) => Response | Promise<Response>;

export class FakeServer {
  readonly asked: Asked[] = [];
  readonly uploaded: Uploaded[] = [];
  #answers: Answer[] = [];

  readonly fetch: typeof fetch = async (url, init) => {
    const headers = init?.headers as Record<string, string>;
    const isFile = typeof init?.body !== "string";
    const { type, params } = isFile ? { type: "a file", params: {} } : JSON.parse(String(init?.body));
    if (isFile)
      this.uploaded.push({ url: String(url), method: init?.method ?? "", headers, body: init?.body });
    else this.asked.push({ type, params, headers });
    const answer = this.#answers.shift();
    if (!answer) throw new TypeError(`nothing is prepared for ${type}`);
    return answer(init?.signal ?? undefined);
  };

  get api(): ChatKitOptions["api"] {
    return { url: "/chatkit", domainKey: "", fetch: this.fetch };
  }

  /** The next request gets this JSON. */
  json(body: unknown, status = 200): this {
    this.#answers.push(() => Response.json(body, { status }));
    return this;
  }

  /** The next request gets these events, and then the end, a broken connection, or nothing more. */
  stream(events: object[], end: "close" | "break" | "hang" = "close"): this {
    this.#answers.push((signal) => new Response(body(events, end, signal), { headers: STREAM }));
    return this;
  }

  unreachable(): this {
    this.#answers.push(() => Promise.reject(new TypeError("connection refused")));
    return this;
  }
}

const STREAM = { "content-type": "text/event-stream" };

function body(events: object[], end: string, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const chunks = events.map((event) => new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`));
  return new ReadableStream({
    start(controller) {
      signal?.addEventListener("abort", () => controller.error(signal.reason));
    },
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else if (end === "close") controller.close();
      else if (end === "break") controller.error(new TypeError("connection reset"));
      else return new Promise(() => undefined);
      return undefined;
    },
  });
}
