import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chatkitFetch } from "../src/fetch/chatkit-fetch";
import { TurnServer } from "./turn-server";
import { done, events, goOn, input, standStill, WIRE, widget } from "./widget";

beforeEach(standStill);
afterEach(goOn);

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
