import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TurnServer } from "./turn-server";
import { done, events, goOn, input, standStill, widget } from "./widget";

beforeEach(standStill);
afterEach(goOn);

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

// proves WIRE-38
test("Stop is sent as a request of its own, with the widget's headers and credentials", async () => {
  const server = new TurnServer().say(...events.slice(0, 5));
  const init = vi.spyOn(server, "fetch");
  const stop = new AbortController();
  const response = await widget(server).send(stop.signal);
  const text = response.text();
  stop.abort();
  await expect(text).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  await vi.advanceTimersByTimeAsync(0);
  expect(server.cancelled).toBe(1);
  expect(server.readers).toBe(0);
  const asked = server.asked.at(-1);
  expect(asked).toMatchObject({ method: "POST", url: "/chatkit/threads/thr_1/cancel", body: null });
  expect(asked?.headers.get("authorization")).toBe("Bearer mine");
  expect(init.mock.lastCall?.[1]).toMatchObject({ credentials: "include", keepalive: true });
});

test("Stop reaches a server that is away for a moment, and the next message waits for it", async () => {
  const server = new TurnServer().say(...events.slice(0, 5));
  const { ask, send } = widget(server);
  const stop = new AbortController();
  void (await send(stop.signal)).text().catch(() => undefined);
  server.deaf = ["unreachable", new Response("{}", { status: 503, headers: { "retry-after": "1" } })];
  stop.abort();
  const next = ask("threads.add_user_message", { thread_id: "thr_1", input });
  await vi.advanceTimersByTimeAsync(100);
  expect(server.asked.filter(({ body }) => body?.type === "threads.add_user_message")).toEqual([]);
  await done(next);
  expect(server.cancelled).toBe(1);
  expect(server.routes).toHaveLength(3);
});

test("Stop before the answer has begun stops it as soon as it has", async () => {
  const server = new TurnServer().say(...events.slice(0, 5));
  const { promise: begun, resolve: begin } = withResolvers();
  const slowly: typeof fetch = async (url, init) => {
    if (init?.body) await begun;
    return server.fetch(url as string, init);
  };
  const stop = new AbortController();
  const response = widget(server, { fetch: slowly }).send(stop.signal);
  await vi.advanceTimersByTimeAsync(0);
  stop.abort();
  await expect(response).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  expect(server.cancelled).toBe(0);
  begin();
  await vi.advanceTimersByTimeAsync(0);
  expect(server.cancelled).toBe(1);
  expect(server.readers).toBe(0);
});

// proves WIRE-38
test("a page that is left stops nothing, and a hidden one neither", async () => {
  const page = new EventTarget();
  vi.resetModules();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  const document = { visibilityState: "visible", baseURI: "http://localhost/" };
  vi.stubGlobal("document", document);
  const fresh = await import("../src/fetch/chatkit-fetch");
  const read = async () => {
    const server = new TurnServer().say(...events.slice(0, 5));
    const gone = new AbortController();
    const body = JSON.stringify({ type: "threads.create", params: { input } });
    const response = await fresh.chatkitFetch({ fetch: server.fetch })("/chatkit", {
      method: "POST",
      body,
      signal: gone.signal,
    });
    const text = response.text();
    gone.abort();
    await expect(text).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    await vi.advanceTimersByTimeAsync(0);
    expect(server.readers).toBe(0);
    return server.cancelled;
  };
  page.dispatchEvent(new Event("pagehide"));
  expect(await read()).toBe(0);
  page.dispatchEvent(new Event("pageshow"));
  expect(await read()).toBe(1);
  document.visibilityState = "hidden";
  expect(await read()).toBe(0);
});

test("the abort of an answer without turns is the abort of its connection", async () => {
  const abort = new AbortController();
  let signal: AbortSignal | null | undefined;
  const fetch = async (_: unknown, init?: RequestInit) => {
    signal = init?.signal;
    return new Response("data: {}\n\n", { headers: { "content-type": "text/event-stream" } });
  };
  await widget(new TurnServer(), { fetch }).send(abort.signal);
  abort.abort();
  expect(signal?.aborted).toBe(true);
});
