/**
 * Sends one HTTP request the way the options say: which address, which fetch, which headers, which credentials.
 * Knows nothing about operations.
 */
import type { ChatKitOptions } from "@openai/chatkit";
import { ConnectionError } from "./errors";

export type Api = ChatKitOptions["api"];

export interface TransportConfig {
  /** Read at each request: options may be replaced at any time. */
  api: () => Api;
  locale: () => string;
  /** Where the server lives that served this script; used when the options name no address. */
  home: URL;
}

export class Transport {
  readonly #config: TransportConfig;
  readonly #frame = frameId();
  #secret: string | null = null;

  constructor(config: TransportConfig) {
    this.#config = config;
  }

  /** Rejects with ConnectionError where there is no answer, and with the signal's reason on abort. */
  async post(body: { type: string }, accept: string, signal?: AbortSignal): Promise<Response> {
    const response = await this.#send(body, accept, signal);
    const api = this.#config.api();
    if (response.status !== 401 || !("getClientSecret" in api)) return response;
    this.#secret = await api.getClientSecret(this.#secret);
    return this.#send(body, accept, signal);
  }

  async #send(body: { type: string }, accept: string, signal?: AbortSignal): Promise<Response> {
    const api = this.#config.api();
    // Nothing here announces another way of cancelling than closing the connection, so a server takes that for Stop.
    const headers: Record<string, string> = {
      "content-type": "application/json",
      accept,
      "accept-language": this.#config.locale(),
      "chatkit-frame-instance-id": this.#frame,
    };
    if ("getClientSecret" in api) {
      this.#secret ??= await api.getClientSecret(null);
      headers.authorization = `Bearer ${this.#secret}`;
    }
    const custom = "url" in api ? api : undefined;
    const send = custom?.fetch ?? window.fetch.bind(window);
    const url = custom?.url ?? new URL("chatkit", this.#config.home).href;
    try {
      return await send(url, { method: "POST", headers, body: JSON.stringify(body), signal });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ConnectionError(body.type, false, { cause });
    }
  }
}

/** Names this element to the server's log. Not `randomUUID`, which plain http on a network address does not have. */
function frameId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
