/**
 * Sends one HTTP request the way the options say: which address, which fetch, which headers, which credentials.
 * Knows nothing about operations.
 */
import type { ChatKitOptions } from "@openai/chatkit";
import { DETACHING, type Position, threadRoute } from "../../resume/wire";
import { ConnectionError } from "./errors";

export type Api = ChatKitOptions["api"];

export interface TransportConfig {
  /** Read at each request: options may be replaced at any time. */
  api: () => Api;
  locale: () => string;
  /** Where the server lives that served this script; used when the options name no address. */
  home: URL;
}

interface Outgoing extends RequestInit {
  /** Who is asking, for errors. */
  op: string;
  url: string;
  headers: Record<string, string>;
  signal?: AbortSignal;
}

export class Transport {
  readonly #config: TransportConfig;
  readonly #frame = frameId();
  #secret: string | null = null;

  constructor(config: TransportConfig) {
    this.#config = config;
  }

  /** One operation. Rejects with ConnectionError where there is no answer, and with the signal's reason on abort. */
  async post(body: { type: string }, accept: string, signal?: AbortSignal): Promise<Response> {
    const headers = { "content-type": "application/json", accept };
    const payload = JSON.stringify(body);
    return this.#request({ op: body.type, url: this.#url, method: "POST", headers, body: payload, signal });
  }

  /** The events of the turn that runs in a thread, after a place in it. */
  async events(threadId: string, after: Position, signal: AbortSignal): Promise<Response> {
    const url = threadRoute(this.#url, threadId, "events");
    const headers = { accept: "text/event-stream", "last-event-id": after };
    return this.#request({ op: "events", url, method: "GET", headers, signal });
  }

  /** Stops the turn that runs in a thread. */
  async cancel(threadId: string, keepalive: boolean): Promise<Response> {
    const url = threadRoute(this.#url, threadId, "cancel");
    return this.#request({
      op: "cancel",
      url,
      method: "POST",
      headers: { accept: "application/json" },
      keepalive,
    });
  }

  get #url(): string {
    const api = this.#config.api();
    return "url" in api ? api.url : new URL("chatkit", this.#config.home).href;
  }

  async #request(outgoing: Outgoing): Promise<Response> {
    const response = await this.#send(outgoing);
    const api = this.#config.api();
    if (response.status !== 401 || !("getClientSecret" in api)) return response;
    this.#secret = await api.getClientSecret(this.#secret);
    return this.#send(outgoing);
  }

  async #send({ op, url, headers: own, ...init }: Outgoing): Promise<Response> {
    const api = this.#config.api();
    const headers: Record<string, string> = {
      ...own,
      "accept-language": this.#config.locale(),
      "chatkit-frame-instance-id": this.#frame,
      // On every request: it also tells a page's `chatkitFetch` that there is nothing for it to do.
      ...DETACHING,
    };
    if ("getClientSecret" in api) {
      this.#secret ??= await api.getClientSecret(null);
      headers.authorization = `Bearer ${this.#secret}`;
    }
    const custom = "url" in api ? api.fetch : undefined;
    const send = custom ?? window.fetch.bind(window);
    try {
      return await send(url, { ...init, headers });
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw new ConnectionError(op, false, { cause });
    }
  }
}

/** Names this element to the server's log. Not `randomUUID`, which plain http on a network address does not have. */
function frameId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
