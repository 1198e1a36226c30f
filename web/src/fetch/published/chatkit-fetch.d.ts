/** The types of /chatkit-fetch.js, served beside it as /chatkit-fetch.d.ts. */

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

export interface ChatKitFetchOptions {
  /** What really sends: put tokens or other headers in here. Default: the page's `fetch`. */
  fetch?: Fetch;
  /** The widget's `api.url`; given, requests to other addresses pass through. Default: what is asked decides. */
  url?: string;
  /**
   * Makes the widget read its thread again: its method `fetchUpdates()`. Called when an answer has ended that was
   * already running when the thread was opened. What it throws is ignored, for the widget may be busy.
   */
  fetchUpdates?: (threadId: string) => unknown;
  /** Milliseconds after which it is also called while that answer runs and has grown. Default: 0, never. */
  updateEvery?: number;
}

/** Makes the value for the widget's option `api.fetch`. Make one for a page, not one for each rendering. */
export declare function chatkitFetch(options?: ChatKitFetchOptions): Fetch;

/**
 * Asks your back-end for the client secret of a session, as for OpenAI's hosted ChatKit. It is given the secret that the
 * server has refused, or null where there is none yet.
 */
export type GetClientSecret = (current: string | null) => Promise<string>;

/**
 * Makes the value for the widget's option `api.fetch`, for pages that have a `getClientSecret`. Requests to `ours`, the
 * address of the server, carry the secret; requests to any other origin pass through without it. Where the server
 * refuses it (401), it is asked for once more, once for all requests that are refused at the same time.
 *
 * `fetch` is what really sends. Default: the page's `fetch`. Make one for a page, not one for each rendering.
 */
export declare function withClientSecret(
  getClientSecret: GetClientSecret,
  ours: string | URL,
  fetch?: Fetch,
): Fetch;
