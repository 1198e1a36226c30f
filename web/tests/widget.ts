/** A widget that asks through `chatkitFetch`, and an answer for it. */
import { vi } from "vitest";
import { chatkitFetch } from "../src/fetch/chatkit-fetch";
import type { ChatKitFetchOptions } from "../src/fetch/published/chatkit-fetch";
import { conversation, type TurnServer } from "./turn-server";

export const { events, items } = conversation("Grüße, ", "wie geht ", "es dir? 🌍");
/** The answer as it reads from a server that knows nothing of places. */
export const WIRE = `${events.map((event) => `data: ${JSON.stringify(event)}`).join("\n\n")}\n\n`;
export const input = {
  content: [{ type: "input_text", text: "Hi" }],
  attachments: [],
  quoted_text: "",
  inference_options: {},
};

/** For `beforeEach`: time passes when the test says so, and waits, which are drawn, are always the mean. */
export function standStill(): void {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
}

/** For `afterEach`. */
export function goOn(): void {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
}

export function widget(server: TurnServer, options: ChatKitFetchOptions = {}) {
  const fetch = chatkitFetch({ fetch: server.fetch, ...options });
  const ask = (type: string, params: object, init: RequestInit = {}) =>
    fetch("/chatkit", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer mine" },
      credentials: "include",
      body: JSON.stringify({ type, params }),
      ...init,
    });
  return { fetch, ask, send: (signal?: AbortSignal) => ask("threads.create", { input }, { signal }) };
}

/** Lets time pass until `work` is done. */
export async function done<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const watched = work.finally(() => {
    over = true;
  });
  watched.catch(() => undefined);
  while (!over) await vi.advanceTimersByTimeAsync(1000);
  return watched;
}
