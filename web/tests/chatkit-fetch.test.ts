import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TurnServer } from "./turn-server";
import { done, events, goOn, items, standStill, WIRE, widget } from "./widget";

beforeEach(standStill);
afterEach(goOn);

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
  await vi.advanceTimersByTimeAsync(500);
  expect(fetchUpdates).toHaveBeenCalledExactlyOnceWith("thr_1");
});

test("events that the server has forgotten end the answer, and the widget reads the thread", async () => {
  const fetchUpdates = vi.fn();
  const server = new TurnServer().say(...events);
  server.cuts = [900];
  server.refusals = [new Response(null, { status: 204 })];
  const response = await widget(server, { fetchUpdates }).send();
  expect(WIRE.startsWith(await done(response.text()))).toBe(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(fetchUpdates).toHaveBeenCalledOnce();
});
