import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hello, openChat, shown } from "./open-chat";
import { conversation, TurnServer, thread } from "./turn-server";

const { events, items } = conversation("One, ", "two, ", "three.");
const PARTIAL = [
  items[0],
  { ...items[1], content: [{ type: "output_text", text: "One, ", annotations: [] }] },
];

beforeEach(() => {
  vi.useFakeTimers();
  // Waits are drawn: here they are always the mean.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A thread in which an answer has got as far as its first word. */
function halfWay(): TurnServer {
  const server = new TurnServer().say(...events.slice(0, 5));
  server.items = PARTIAL as TurnServer["items"];
  return server;
}

const pass = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

async function uncut() {
  const { chat } = openChat(new TurnServer().say(...events).end());
  await chat.answers.send(hello);
  return chat.conversation.state;
}

// proves EL-12
test("wherever the connection breaks, what is shown in the end is the same", async () => {
  const expected = await uncut();
  for (let cut = 1; cut < 1500; cut += 7) {
    const server = new TurnServer().say(...events);
    server.cuts = [cut, 60, 200];
    const { chat, named } = openChat(server);
    const sent = chat.answers.send(hello);
    await pass(20_000);
    server.items = items;
    server.end();
    await pass(20_000);
    await sent;
    expect(chat.conversation.state, `cut after ${cut} bytes`).toEqual(expected);
    expect(named("report")).toEqual([]);
    expect(named("chatkit.response.start", "chatkit.response.end")).toHaveLength(2);
  }
});

test("while there is no connection the chat says so, and keeps what it has", async () => {
  const server = halfWay();
  const { chat } = openChat(server);
  const sent = chat.answers.send(hello);
  await pass();
  server.refusals = ["unreachable", "unreachable"];
  server.drain();
  await pass(500);
  expect(chat.conversation.reconnecting).toBe(true);
  expect(chat.conversation.phase).toBe("answering");
  expect(shown(chat)).toEqual(["u1", "One, "]);
  await pass(10_000);
  expect(chat.conversation.reconnecting).toBe(false);
  server.say(...events.slice(5)).end();
  await sent;
  expect(shown(chat)).toEqual(["u1", "One, two, three."]);
});

test("a connection that does not come back is given up with a sentence, and taken up again on demand", async () => {
  const server = halfWay();
  const { chat } = openChat(server);
  const sent = chat.answers.send(hello);
  await pass();
  server.refusals = Array.from({ length: 25 }, () => "unreachable" as const);
  server.drain();
  await pass(240_000);
  await sent;
  expect(chat.conversation.state.failure).toMatchObject({ code: "connection.gone", allowRetry: true });
  expect(chat.conversation.phase).toBe("idle");
  expect(shown(chat)).toEqual(["u1", "One, "]);
  server.refusals = [];
  void chat.reconnect();
  await pass();
  expect(chat.conversation.state.failure).toBeNull();
  expect(chat.conversation.phase).toBe("answering");
  server.say(...events.slice(5)).end();
  await pass();
  expect(shown(chat)).toEqual(["u1", "One, two, three."]);
  expect(server.asked.filter(({ body }) => body?.type.startsWith("threads.create"))).toHaveLength(1);
});

test("a chat that was lost before its first event is found again on demand", async () => {
  const server = halfWay();
  const { chat } = openChat(server);
  server.cuts = [5];
  server.refusals = Array.from({ length: 25 }, () => "unreachable" as const);
  const sent = chat.answers.send(hello);
  await pass(240_000);
  await sent;
  expect(chat.conversation.state.failure?.code).toBe("connection.gone");
  expect(chat.answers.notSent).toBe(false);
  server.refusals = [];
  await chat.reconnect();
  expect(shown(chat)).toEqual(["u1", "One, "]);
  expect(chat.conversation.state.sending).toBeNull();
});

test("what ended while the connection was away is read from the thread", async () => {
  const server = halfWay();
  const { chat } = openChat(server);
  const sent = chat.answers.send(hello);
  await pass();
  server.drain();
  server.items = items;
  server.end();
  await pass(2000);
  await sent;
  expect(shown(chat)).toEqual(["u1", "One, two, three."]);
  const asked = server.asked.map(({ body, url }) => body?.type ?? url);
  expect(asked.slice(2).sort()).toEqual(["items.list", "threads.get_by_id"]);
});

// proves WIRE-38
test("Stop asks the server, and what is shown is what came of it", async () => {
  const server = halfWay();
  const { chat, named } = openChat(server);
  const sent = chat.answers.send(hello);
  await pass();
  chat.answers.stop();
  chat.answers.stop();
  await sent;
  expect(server.cancelled).toBe(1);
  expect(server.routes).toEqual(["POST /chatkit/threads/thr_1/cancel"]);
  expect(shown(chat)).toEqual(["u1", "One, "]);
  expect(named("report")).toEqual([]);
  expect(named("chatkit.log")[0]?.[1]).toMatchObject({ data: { outcome: "stopped" } });
});

test("Stop works at once where there is no connection, and reaches the server later", async () => {
  const server = halfWay();
  const { chat } = openChat(server);
  const sent = chat.answers.send(hello);
  await pass();
  server.refusals = Array.from({ length: 25 }, () => "unreachable" as const);
  server.deaf = ["unreachable", "unreachable"];
  server.drain();
  await pass(2000);
  chat.answers.stop();
  await sent;
  expect(chat.conversation.phase).toBe("idle");
  expect(chat.conversation.reconnecting).toBe(false);
  expect(chat.conversation.state.failure).toBeNull();
  await pass(10_000);
  expect(server.cancelled).toBe(1);
});

test("Stop does not wait for a server that hears it and goes on", async () => {
  const server = halfWay();
  const { chat } = openChat(server);
  const sent = chat.answers.send(hello);
  await pass();
  server.deaf = [Response.json({ cancelled: false })];
  chat.answers.stop();
  await pass(2900);
  expect(chat.conversation.phase).toBe("answering");
  await pass(200);
  await sent;
  expect(chat.conversation.phase).toBe("idle");
});

// proves EL-13
test("a thread that is opened in mid-answer shows one answer, and follows it to its end", async () => {
  const server = halfWay();
  const { chat, named } = openChat(server);
  await chat.openThread("thr_1");
  await pass();
  expect(chat.conversation.phase).toBe("answering");
  expect(chat.conversation.state.allowCancel).toBe(true);
  expect(shown(chat)).toEqual(["u1", "One, "]);
  expect(server.asked.at(-1)?.headers.get("last-event-id")).toBe("turn_1:5");
  server.say(...events.slice(5)).end();
  await pass();
  expect(shown(chat)).toEqual(["u1", "One, two, three."]);
  expect(chat.conversation.phase).toBe("idle");
  expect(named("chatkit.response.start", "chatkit.response.end")).toHaveLength(2);
});

// proves EL-13
test("wherever an answer is opened, what was read and what follows make up the whole", async () => {
  const expected = (await uncut()).items;
  const words = ["One, ", "two, ", "three."];
  for (let place = 4; place <= events.length; place += 1) {
    const server = new TurnServer().say(...events.slice(0, place));
    const text = words.slice(0, place - 4).join("");
    server.items = [
      items[0],
      { ...items[1], content: [{ type: "output_text", text, annotations: [] }] },
    ] as never;
    const { chat } = openChat(server);
    await chat.openThread("thr_1");
    server.say(...events.slice(place)).end();
    await pass();
    expect(chat.conversation.state.items, `opened after ${place} events`).toEqual(expected);
  }
});

// proves EL-13
test("Stop works where the answer was not begun", async () => {
  const server = halfWay();
  const { chat } = openChat(server);
  await chat.openThread("thr_1");
  await pass();
  chat.answers.stop();
  await pass();
  expect(server.cancelled).toBe(1);
  expect(chat.conversation.phase).toBe("idle");
});

// proves EL-65
test("a tool of the page runs only where the answer was asked for", async () => {
  const call = {
    ...items[1],
    id: "c1",
    type: "client_tool_call",
    status: "pending",
    name: "where",
    arguments: {},
  };
  const server = halfWay();
  const onClientTool = vi.fn(() => ({}));
  const { chat } = openChat(server, { onClientTool });
  await chat.openThread("thr_1");
  server.say({ type: "thread.item.done", item: call }).end();
  await pass();
  expect(chat.conversation.phase).toBe("idle");
  expect(onClientTool).not.toHaveBeenCalled();
});

test("another thread is opened without stopping this one, and coming back follows it", async () => {
  const server = halfWay();
  const { chat } = openChat(server);
  void chat.answers.send(hello);
  await pass();
  await chat.openThread(null);
  await pass(10_000);
  expect(server.cancelled).toBe(0);
  expect(server.readers).toBe(0);
  expect(shown(chat)).toEqual([]);
  await chat.openThread(thread.id);
  await pass();
  expect(server.readers).toBe(1);
  expect(chat.conversation.phase).toBe("answering");
});

test("an element that leaves its page stops nothing, and goes on when it is back", async () => {
  const server = halfWay();
  const { chat } = openChat(server);
  void chat.answers.send(hello);
  await pass();
  chat.leave();
  await pass();
  expect(server.readers).toBe(0);
  expect(chat.busy).toBe(false);
  await chat.comeBack();
  await pass();
  expect(server.cancelled).toBe(0);
  expect(server.readers).toBe(1);
  expect(shown(chat)).toEqual(["u1", "One, "]);
});

test("an answer that began elsewhere is followed once the page pulls", async () => {
  const server = new TurnServer().say(...events).end();
  server.items = [items[0]] as TurnServer["items"];
  const { chat } = openChat(server);
  await chat.openThread("thr_1");
  const later = new TurnServer().say(...events.slice(0, 5));
  later.items = PARTIAL as TurnServer["items"];
  chat.host.options.api = later.api;
  await chat.fetchUpdates();
  await pass();
  expect(shown(chat)).toEqual(["u1", "One, "]);
  expect(later.readers).toBe(1);
});
