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
import type { ChatKitFetchOptions, chatkitFetch as Declared, Fetch } from "./published/chatkit-fetch";

/** Makes the value for the widget's option `api.fetch`. Make one for a page, not one for each rendering. */
export const chatkitFetch: typeof Declared = (options = {}) => {
  // Called as a function: the browser's own refuses to be anyone's method.
  const send: Fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init);
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
};

async function callQuietly(callback: ChatKitFetchOptions["fetchUpdates"], threadId: string): Promise<void> {
  try {
    await callback?.(threadId);
  } catch {
    // The widget is busy, or gone; whatever it shows next it reads anew.
  }
}

function isSame(one: string, other: string): boolean {
  return absolute(one) === absolute(other);
}

function absolute(url: string): string {
  try {
    return new URL(url, globalThis.document?.baseURI).href;
  } catch {
    return url;
  }
}
