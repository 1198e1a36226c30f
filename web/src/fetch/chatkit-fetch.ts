/**
 * A `fetch` for OpenAI's ChatKit widget by which an answer is never lost: a connection that breaks is resumed without
 * the widget noticing, Stop stops the answer and nothing else does, and after a reload the running answer is followed.
 *
 *     import { chatkitFetch } from "/chatkit-fetch.js";
 *     const fetch = chatkitFetch({ fetchUpdates: () => document.querySelector("openai-chatkit").fetchUpdates() });
 *     element.setOptions({ api: { url: "/chatkit", domainKey: "…", fetch } });
 *
 * For servers that speak the resuming protocol of chatkit-server. With any other it does what fetch does.
 */
import { AnswerRequests } from "./answer-requests";
import { readCall } from "./call";
import { Follower } from "./follower";

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

export interface ChatKitFetchOptions {
  /** What really sends: put tokens or other headers in here. Default: the page's `fetch`. */
  fetch?: Fetch;
  /** The widget's `api.url`; given, requests to other addresses pass through. Default: what the widget asks decides. */
  url?: string;
  /**
   * Makes the widget read its thread again: its method `fetchUpdates()`. Called when an answer has ended that was
   * already running when the thread was opened. What it throws is ignored, for the widget may be busy.
   */
  fetchUpdates?: (threadId: string) => unknown;
  /** Milliseconds after which it is also called while that answer runs and has grown, so that one sees it grow. 0: never. */
  updateEvery?: number;
}

/** Makes the value for the widget's option `api.fetch`. Make one for a page, not one for each rendering. */
export function chatkitFetch(options: ChatKitFetchOptions = {}): Fetch {
  const send: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const update = (threadId: string) => void callQuietly(options.fetchUpdates, threadId);
  const answers = new AnswerRequests(send, update);
  const follower = new Follower(send, update, options.updateEvery ?? 0);
  return async (input, init) => {
    const call = await readCall(input, init).catch(() => null);
    if (!call || (options.url !== undefined && !isSame(call.url, options.url))) return send(input, init);
    follower.opens(call);
    if (call.streaming) return answers.send(call);
    const response = await send(input, init);
    if (call.threadId !== undefined && !answers.isReading(call.threadId)) follower.look(call, response);
    return response;
  };
}

async function callQuietly(callback: ChatKitFetchOptions["fetchUpdates"], threadId: string): Promise<void> {
  try {
    await callback?.(threadId);
  } catch {
    // The widget is busy, or gone; whatever it shows next it reads anew.
  }
}

function isSame(one: string, other: string): boolean {
  const base = globalThis.document?.baseURI ?? "http://localhost/";
  return (
    URL.canParse(one, base) &&
    URL.canParse(other, base) &&
    new URL(one, base).href === new URL(other, base).href
  );
}
