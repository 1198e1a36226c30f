/**
 * Sends one HTTP request the way the options say: which address, which fetch, which headers, which credentials.
 * Knows nothing about operations.
 */
import type { ChatKitOptions } from "@openai/chatkit";
import { ClientSecret } from "../../fetch/client-secret";
import { DETACHING, type Position, threadRoute } from "../../resume/wire";
import { ConnectionError, IntegrationError } from "./errors";

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

/** A file on its way. */
export interface Upload {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: BodyInit;
  signal: AbortSignal;
  /** Hears of the share that has been sent, where the browser tells. */
  onProgress: (share: number) => void;
}

export class Transport {
  readonly #config: TransportConfig;
  readonly #frame = frameId();
  readonly #secret = new ClientSecret(async (current) => {
    const api = this.#config.api();
    if (!("getClientSecret" in api)) throw new IntegrationError("The option `api` has changed meanwhile.");
    return api.getClientSecret(current);
  });

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

  /** Where files go at once; null where they are announced first. */
  get directUpload(): string | null {
    const api = this.#config.api();
    const strategy = "url" in api ? api.uploadStrategy : undefined;
    return strategy?.type === "direct" ? strategy.uploadUrl : null;
  }

  /** A file. Other hosts than the server's own, object storage for instance, learn nothing of this page. */
  async upload({ url, method, headers, body, signal, onProgress }: Upload): Promise<Response> {
    const api = this.#config.api();
    const own = new URL(url, this.#base).origin === new URL(this.#url, this.#base).origin;
    const all = own ? { ...this.#ownHeaders(), ...headers } : headers;
    const custom = "url" in api ? api.fetch : undefined;
    const init = { method, headers: all, body, signal };
    try {
      return custom ? await custom(url, init) : await sendWithProgress(url, init, onProgress);
    } catch (cause) {
      signal.throwIfAborted();
      throw new ConnectionError("upload", false, { cause });
    }
  }

  get #base(): string {
    return document.baseURI;
  }

  get #url(): string {
    const api = this.#config.api();
    return "url" in api ? api.url : new URL("chatkit", this.#config.home).href;
  }

  async #request(outgoing: Outgoing): Promise<Response> {
    const api = this.#config.api();
    if (!("getClientSecret" in api)) return this.#send(outgoing, api.fetch);
    const used = this.#secret.get();
    const response = await this.#send(bearing(await used, outgoing));
    if (response.status !== 401) return response;
    return this.#send(bearing(await this.#secret.after(used), outgoing));
  }

  #ownHeaders(): Record<string, string> {
    return {
      "accept-language": this.#config.locale(),
      "chatkit-frame-instance-id": this.#frame,
      // On every request: it also tells a page's `chatkitFetch` that there is nothing for it to do.
      ...DETACHING,
    };
  }

  async #send({ op, url, headers: own, ...init }: Outgoing, custom?: typeof fetch): Promise<Response> {
    const send = custom ?? window.fetch.bind(window);
    const headers = { ...own, ...this.#ownHeaders() };
    try {
      return await send(url, { ...init, headers });
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw new ConnectionError(op, false, { cause });
    }
  }
}

interface Sent {
  method: string;
  headers: Record<string, string>;
  body: BodyInit;
  signal: AbortSignal;
}

/** `fetch` does not say how far it is. */
function sendWithProgress(
  url: string,
  { method, headers, body, signal }: Sent,
  onProgress: (share: number) => void,
): Promise<Response> {
  const request = new XMLHttpRequest();
  request.open(method, url);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (lengthComputable && total > 0) onProgress(loaded / total);
  });
  signal.addEventListener("abort", () => request.abort(), { once: true });
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => {
      // A response without content may not be given any, not even an empty one.
      const content = [204, 205, 304].includes(request.status) ? null : request.responseText;
      resolve(new Response(content, { status: request.status, statusText: request.statusText }));
    });
    for (const ending of ["error", "abort", "timeout"]) {
      request.addEventListener(ending, () => reject(new TypeError(`the upload ended with "${ending}"`)));
    }
    request.send(body as XMLHttpRequestBodyInit);
  });
}

function bearing(secret: string, outgoing: Outgoing): Outgoing {
  // Redirected, it would take the secret along.
  const headers = { ...outgoing.headers, authorization: `Bearer ${secret}` };
  return { ...outgoing, headers, redirect: "error" };
}

/** Names this element to the server's log. Not `randomUUID`, which plain http on a network address does not have. */
function frameId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
