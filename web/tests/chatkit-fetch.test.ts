import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chatkitFetch } from "../src/fetch/chatkit-fetch";
import type { ChatKitFetchOptions } from "../src/fetch/published/chatkit-fetch";
import { conversation, TurnServer } from "./turn-server";

const { events, items } = conversation("Grüße, ", "wie geht ", "es dir? 🌍");
const WIRE = `${events.map((event) => `data: ${JSON.stringify(event)}`).join("\n\n")}\n\n`;
const input = {
  content: [{ type: "input_text", text: "Hi" }],
  attachments: [],
  quoted_text: "",
  inference_options: {},
};

beforeEach(() => {
  vi.useFakeTimers();
  // Waits are drawn: here they are always the mean.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function widget(server: TurnServer, options: ChatKitFetchOptions = {}) {
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
async function done<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const watched = work.finally(() => {
    over = true;
  });
  watched.catch(() => undefined);
  while (!over) await vi.advanceTimersByTimeAsync(1000);
  return watched;
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const complete = () => new TurnServer().say(...events).end();

test("an answer reads like that of any server: no places, no marks, no comments", async () => {
  const server = complete();
  const response = await widget(server).send();
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(await done(response.text())).toBe(WIRE);
  expect(server.asked[0]?.headers.get("chatkit-disconnect")).toBe("detach");
  expect(server.asked[0]?.headers.get("authorization")).toBe("Bearer mine");
  expect(server.routes).toEqual([]);
});

test("wherever the connection breaks, the widget gets the same bytes", async () => {
  const length = new TextEncoder().encode(WIRE).length + events.length * "id: turn_1:1\n".length + 40;
  for (let cut = 1; cut < length; cut += 1) {
    const server = new TurnServer().say(...events);
    server.cuts = [cut];
    const text = widget(server)
      .send()
      .then((response) => response.text());
    // Ended only once it has been come back for, or else the server tells what became of it, which is another test.
    await vi.advanceTimersByTimeAsync(2000);
    server.end();
    expect(await done(text), `cut after ${cut} bytes`).toBe(WIRE);
  }
});

test("a connection that breaks after each event still makes one answer", async () => {
  const server = new TurnServer().say(...events);
  server.cuts = events.map((event) => JSON.stringify(event).length + 60);
  const text = widget(server)
    .send()
    .then((response) => response.text());
  await vi.advanceTimersByTimeAsync(60_000);
  server.end();
  expect(await done(text)).toBe(WIRE);
  expect(server.routes.length).toBeGreaterThan(3);
  const [, second] = server.asked;
  expect(second).toMatchObject({ method: "GET", url: "/chatkit/threads/thr_1/events", body: null });
  expect(second?.headers.get("last-event-id")).toBe("turn_1:1");
  expect(second?.headers.get("authorization")).toBe("Bearer mine");
});

test("a server that goes down is waited for, as long as it asks", async () => {
  const server = new TurnServer().say(...events.slice(0, 5));
  const text = widget(server)
    .send()
    .then((response) => response.text());
  await vi.advanceTimersByTimeAsync(0);
  const busy = () => new Response("{}", { status: 503, headers: { "retry-after": "7" } });
  server.refusals = [
    "unreachable",
    busy(),
    new Response("<html>", { headers: { "content-type": "text/html" } }),
  ];
  server.drain();
  await vi.advanceTimersByTimeAsync(3000);
  expect(server.routes).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(5500);
  expect(server.routes).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(30_000);
  server.say(...events.slice(5)).end();
  expect(await done(text)).toBe(WIRE);
});

test("a connection on which nothing comes any more, no heartbeat either, counts as broken", async () => {
  const server = new TurnServer().say(...events.slice(0, 5));
  const response = await widget(server).send();
  void response.text().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(44_000);
  expect(server.routes).toEqual([]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(server.routes).toEqual(["GET /chatkit/threads/thr_1/events"]);
});

test("the network's return is not slept through", async () => {
  const network = new EventTarget();
  vi.stubGlobal("addEventListener", network.addEventListener.bind(network));
  vi.stubGlobal("removeEventListener", network.removeEventListener.bind(network));
  const server = new TurnServer().say(...events);
  server.refusals = Array.from({ length: 6 }, () => "unreachable" as const);
  server.cuts = [900];
  const response = await widget(server).send();
  void response.text().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(30_000);
  const before = server.routes.length;
  network.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(1);
  expect(server.routes.length).toBe(before + 1);
});

test("a server that never comes back ends like a broken connection, after some minutes at most", async () => {
  const server = new TurnServer().say(...events);
  server.refusals = Array.from({ length: 100 }, () => "unreachable" as const);
  server.cuts = [900];
  const response = await widget(server).send();
  const text = response.text();
  text.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(240_000);
  await expect(text).rejects.toThrow(TypeError);
  expect(server.routes.length).toBeLessThanOrEqual(21);
});

test("a thread that is gone ends like a broken connection, at once", async () => {
  const server = new TurnServer().say(...events);
  server.cuts = [900];
  server.refusals = [Response.json({ message: "There is no such thread." }, { status: 404 })];
  const response = await widget(server).send();
  const text = response.text();
  text.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(2000);
  await expect(text).rejects.toThrow(TypeError);
  expect(server.routes).toHaveLength(1);
});

test("an answer that ended meanwhile is closed with what became of it, and the widget reads the thread", async () => {
  const fetchUpdates = vi.fn();
  const server = new TurnServer().say(...events);
  server.cuts = [900];
  const response = await widget(server, { fetchUpdates }).send();
  server.items = items;
  server.end();
  const text = await done(response.text());
  expect(text.startsWith(WIRE.slice(0, 100))).toBe(true);
  const last = text.trimEnd().split("\n\n").at(-1);
  expect(last).toBe(`data: ${JSON.stringify({ type: "thread.item.done", item: items[1] })}`);
  expect(fetchUpdates).toHaveBeenCalledExactlyOnceWith("thr_1");
});

test("events that the server has forgotten end the answer, and the widget reads the thread", async () => {
  const fetchUpdates = vi.fn();
  const server = new TurnServer().say(...events);
  server.cuts = [900];
  server.refusals = [new Response(null, { status: 204 })];
  const response = await widget(server, { fetchUpdates }).send();
  expect(WIRE.startsWith(await done(response.text()))).toBe(true);
  expect(fetchUpdates).toHaveBeenCalledOnce();
});

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

test("everything else passes through as it is", async () => {
  const passed: unknown[][] = [];
  const answer = Response.json({});
  const through = chatkitFetch({
    url: "/chatkit",
    fetch: async (...args) => {
      passed.push(args);
      return answer;
    },
  });
  const body = JSON.stringify({ type: "threads.create", params: {} });
  const calls: [string, RequestInit | undefined][] = [
    ["/chatkit", { method: "POST", body: JSON.stringify({ type: "threads.list", params: {} }) }],
    ["/chatkit", { method: "POST", body: "not JSON" }],
    ["/chatkit", { method: "POST", body: "null" }],
    ["/upload", { method: "POST", body: new FormData() }],
    ["/elsewhere", { method: "POST", body }],
    ["/chatkit", { method: "POST", body, headers: { "chatkit-disconnect": "detach" } }],
    ["/config.json", undefined],
  ];
  for (const [url, init] of calls) expect(await through(url, init)).toBe(answer);
  expect(passed).toEqual(calls);
});

test("a fetch that may only be called as a function is called as one", async () => {
  const server = new TurnServer().say(...events);
  const strict = function (this: unknown, ...args: Parameters<typeof server.fetch>) {
    if (this !== undefined) throw new TypeError("Illegal invocation");
    return server.fetch(...args);
  };
  server.cuts = [900];
  const text = widget(server, { fetch: strict })
    .send()
    .then((response) => response.text());
  await vi.advanceTimersByTimeAsync(2000);
  server.end();
  expect(await done(text)).toBe(WIRE);
});

test("a refusal and a server without turns are handed on as they are", async () => {
  const refused = Response.json({ message: "No." }, { status: 409 });
  const plain = new Response("data: {}\n\n", { headers: { "content-type": "text/event-stream" } });
  for (const response of [refused, plain]) {
    const fetch = async () => response;
    expect(await widget(new TurnServer(), { fetch }).send()).toBe(response);
  }
  const unreachable = async () => Promise.reject(new TypeError("Failed to fetch"));
  await expect(widget(new TurnServer(), { fetch: unreachable }).send()).rejects.toThrow("Failed to fetch");
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

test("addresses may be absolute, end with a slash and have a query, and a request may be an object", async () => {
  const server = new TurnServer().say(...events);
  server.cuts = [900];
  const body = JSON.stringify({ type: "threads.create", params: { input } });
  const headers = { "content-type": "application/json", "x-tenant": "a" };
  const request = new Request("http://api.test/chat/?tenant=a", { method: "POST", headers, body });
  const response = await chatkitFetch({ fetch: server.fetch })(request);
  void response.text().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "POST http://api.test/chat/?tenant=a",
    "GET http://api.test/chat/threads/thr_1/events?tenant=a",
  ]);
  expect(server.asked[1]?.headers.get("x-tenant")).toBe("a");
});

// proves FEAT-reload-1
test("after a reload the running answer is followed, and the widget told when it has ended", async () => {
  const server = new TurnServer().say(...events.slice(0, 5));
  const fetchUpdates = vi.fn(() => Promise.reject(new Error("busy")));
  const { ask } = widget(server, { fetchUpdates });
  server.cuts = [10];
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.routes).toHaveLength(2);
  expect(server.asked.at(-1)?.headers.get("last-event-id")).toBe("turn_1:5");
  expect(server.readers).toBe(1);
  server.say(...events.slice(5));
  await vi.advanceTimersByTimeAsync(5000);
  expect(fetchUpdates).not.toHaveBeenCalled();
  server.end();
  await vi.advanceTimersByTimeAsync(0);
  expect(fetchUpdates).toHaveBeenCalledExactlyOnceWith("thr_1");
  expect(server.readers).toBe(0);
});

test("while it runs, the widget is told at the wanted pace, if there is anything new", async () => {
  const server = new TurnServer().say(...events.slice(0, 4));
  const fetchUpdates = vi.fn();
  const { ask } = widget(server, { fetchUpdates, updateEvery: 1000 });
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await vi.advanceTimersByTimeAsync(5000);
  expect(fetchUpdates).toHaveBeenCalledTimes(0);
  for (const event of events.slice(4)) {
    server.say(event);
    await vi.advanceTimersByTimeAsync(600);
  }
  expect(fetchUpdates).toHaveBeenCalledTimes(2);
});

test("one thread is followed at a time, and none while the widget itself reads its answer", async () => {
  const server = new TurnServer().say(...events.slice(0, 5));
  const fetchUpdates = vi.fn();
  const { ask, send } = widget(server, { fetchUpdates });
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await vi.advanceTimersByTimeAsync(0);
  expect(server.readers).toBe(1);
  void (await send()).text().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect(server.readers).toBe(1);
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await vi.advanceTimersByTimeAsync(0);
  expect(server.routes).toHaveLength(1);
  server.end();
  await vi.advanceTimersByTimeAsync(1000);
  expect(fetchUpdates).not.toHaveBeenCalled();
});
