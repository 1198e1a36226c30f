import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AssistantMessageItem } from "../src/element/protocol/items";
import { FakeServer } from "./fake-server";
import { hello, openChat as open, shown } from "./open-chat";

const server = () => new FakeServer();
const thread = {
  id: "thr_1",
  title: "A chat",
  created_at: "2026-01-01T00:00:00Z",
  status: { type: "active" },
};
const base = { thread_id: "thr_1", created_at: "2026-01-01T00:00:00Z" };
const user = {
  ...base,
  id: "u1",
  type: "user_message",
  content: [{ type: "input_text", text: "Hi" }],
  attachments: [],
  inference_options: {},
};
const answer = (text: string) => ({
  ...base,
  id: "a1",
  type: "assistant_message",
  content: [{ type: "output_text", text, annotations: [] }],
});
const CREATED = { type: "thread.created", thread };
const TAKEN = { type: "thread.item.done", item: user };
const BEGUN = { type: "thread.item.added", item: answer("Hel") };
const DONE = { type: "thread.item.done", item: answer("Hello") };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("the first message creates a thread, the next adds to it", async () => {
  const fake = server().stream([CREATED, TAKEN, DONE]).stream([]);
  const { chat, named } = open(fake);
  await chat.answers.send(hello);
  expect(shown(chat)).toEqual(["u1", "Hello"]);
  expect(named("chatkit.thread.change")).toEqual([["chatkit.thread.change", { threadId: "thr_1" }]]);
  await chat.answers.send(hello);
  expect(fake.asked.map(({ type }) => type)).toEqual(["threads.create", "threads.add_user_message"]);
  const input = { content: hello.content, attachments: [], quoted_text: "", inference_options: {} };
  expect(fake.asked[1]?.params).toEqual({ thread_id: "thr_1", input });
  expect(fake.asked[0]?.headers).toMatchObject({ accept: "text/event-stream", "accept-language": "en" });
  expect(named("chatkit.response.start", "chatkit.response.end")).toHaveLength(4);
});

// proves EL-69
test("a refusal keeps the message for another try, with the server's sentence", async () => {
  const fake = server().json({ message: "Not today." }, 429).stream([CREATED, TAKEN, DONE]);
  const { chat } = open(fake);
  await chat.answers.send(hello);
  expect(chat.conversation.state.failure?.message).toBe("Not today.");
  expect(chat.answers.notSent).toBe(true);
  chat.resend();
  await vi.waitFor(() => expect(shown(chat)).toEqual(["u1", "Hello"]));
  expect(chat.answers.notSent).toBe(false);
});

test("a message that was not sent can be edited instead", async () => {
  const { chat } = open(server().unreachable());
  await chat.answers.send(hello);
  expect(chat.conversation.state.failure?.code).toBe("connection");
  chat.editUnsent();
  expect(chat.drafts.of(null).text).toBe("Hi");
  expect(chat.conversation.state.sending).toBeNull();
});

// proves EL-12
test("a server error before the first byte is repeated with the same body", async () => {
  const fake = server().json({}, 503).json({}, 502).stream([CREATED, TAKEN, DONE]);
  const { chat } = open(fake);
  const sent = chat.answers.send(hello);
  await vi.advanceTimersByTimeAsync(8000);
  await sent;
  expect(shown(chat)).toEqual(["u1", "Hello"]);
  expect(fake.asked).toHaveLength(3);
  expect(fake.asked[2]?.params).toEqual(fake.asked[0]?.params);
});

test("stop keeps what was said, and then takes over what the server has stored of it", async () => {
  const fake = server().stream([CREATED, TAKEN, BEGUN], "hang");
  fake.json({ data: [answer("Hell"), user] }).json({ data: [answer("Hell"), user] });
  const { chat, named } = open(fake);
  const sent = chat.answers.send(hello);
  await vi.waitFor(() => expect(shown(chat)).toEqual(["u1", "Hel"]));
  chat.answers.stop();
  await sent;
  expect(shown(chat)).toEqual(["u1", "Hel"]);
  expect(chat.conversation.state.failure).toBeNull();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(shown(chat)).toEqual(["u1", "Hell"]);
  expect(named("chatkit.response.end")).toHaveLength(1);
  expect(named("report")).toEqual([]);
});

test("a connection that breaks in the middle keeps the text and says so", async () => {
  const fake = server()
    .stream([CREATED, TAKEN, BEGUN], "break")
    .json({ data: [answer("Hel"), user] });
  const { chat } = open(fake.json({ data: [answer("Hel"), user] }));
  await chat.answers.send(hello);
  expect(chat.conversation.state.failure?.code).toBe("connection.lost");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(shown(chat)).toEqual(["u1", "Hel"]);
});

test("retry clears what stood after the message, and brings it back when the server refuses", async () => {
  const fake = server().stream([CREATED, TAKEN, DONE]).json({ message: "No." }, 409);
  const { chat } = open(fake);
  await chat.answers.send(hello);
  const retried = chat.answers.retry("u1");
  expect(shown(chat)).toEqual(["u1"]);
  await retried;
  expect(shown(chat)).toEqual(["u1", "Hello"]);
  expect(chat.conversation.state.failure?.message).toBe("No.");
});

test("opening another thread ends the answer without a trace in the new one", async () => {
  const fake = server().stream([CREATED, TAKEN, BEGUN], "hang");
  const { chat, named } = open(fake);
  const sent = chat.answers.send(hello);
  await vi.waitFor(() => expect(shown(chat)).toEqual(["u1", "Hel"]));
  await chat.openThread(null);
  await sent;
  expect(shown(chat)).toEqual([]);
  expect(chat.conversation.phase).toBe("idle");
  expect(named("chatkit.response.end")).toHaveLength(1);
});

test("a long thread opens at its end and pages backwards", async () => {
  const items = ["1", "2", "3"].map((id) => ({ ...answer(id), id }));
  const fake = server()
    .json({ ...thread, items: { data: [items[0]], has_more: true, after: "1" } })
    .json({ data: [items[2], items[1]], has_more: true, after: "2" })
    .json({ data: [items[0]], has_more: false });
  const { chat, named } = open(fake);
  await chat.openThread("thr_1");
  expect(shown(chat)).toEqual(["2", "3"]);
  await chat.conversation.loadOlder();
  expect(shown(chat)).toEqual(["1", "2", "3"]);
  expect(chat.conversation.hasOlder).toBe(false);
  expect(named("chatkit.thread.load.start", "chatkit.thread.load.end")).toHaveLength(2);
});

// proves EL-20
test("a thread that does not exist rejects, and a new one can be begun in its place", async () => {
  const fake = server().json({ message: "No such chat." }, 404).stream([CREATED, TAKEN, DONE]);
  const { chat, named } = open(fake);
  await expect(chat.openThread("thr_x")).rejects.toThrow("404");
  expect(named("chatkit.thread.load.end")).toHaveLength(1);
  await chat.sendUserMessage({ text: "Hi" });
  await vi.waitFor(() => expect(shown(chat)).toEqual(["u1", "Hello"]));
  expect(fake.asked[1]?.type).toBe("threads.create");
});

// proves EL-07
test("methods reject while an answer runs", async () => {
  const fake = server().stream([CREATED, TAKEN], "hang");
  const { chat } = open(fake);
  void chat.answers.send(hello);
  await expect(chat.sendUserMessage({ text: "x" })).rejects.toThrow("running");
  await expect(chat.fetchUpdates()).rejects.toThrow("running");
  chat.answers.stop();
});

// proves EL-65
test("a call in a thread that is opened later is not run again", async () => {
  const call = {
    ...base,
    id: "c1",
    type: "client_tool_call",
    status: "pending",
    name: "where",
    arguments: {},
  };
  const fake = server().json({ ...thread, items: { data: [user, call], has_more: false } });
  const onClientTool = vi.fn(() => ({}));
  const { chat } = open(fake, { onClientTool });
  await chat.openThread("thr_1");
  expect(onClientTool).not.toHaveBeenCalled();
  expect(fake.asked).toHaveLength(1);
});

// proves EL-21
test("a client tool runs once its call has streamed, and its result goes back", async () => {
  const call = {
    ...base,
    id: "c1",
    type: "client_tool_call",
    status: "pending",
    name: "where",
    arguments: { a: 1 },
  };
  const fake = server()
    .stream([CREATED, TAKEN, { type: "thread.item.done", item: call }])
    .stream([DONE]);
  const onClientTool = vi.fn(async () => ({ city: "Oslo" }));
  const { chat, named } = open(fake, { onClientTool });
  await chat.answers.send(hello);
  expect(onClientTool).toHaveBeenCalledExactlyOnceWith({ name: "where", params: { a: 1 } });
  expect(fake.asked[1]).toMatchObject({ params: { thread_id: "thr_1", result: { city: "Oslo" } } });
  expect((chat.conversation.state.items.at(-1) as AssistantMessageItem).content[0]?.text).toBe("Hello");
  expect(named("chatkit.response.start", "chatkit.response.end")).toHaveLength(2);
});

// proves EL-52, EL-25
test("an effect reaches the page once, and a vote is taken back when it is refused", async () => {
  const effect = { type: "client_effect", name: "confetti", data: { n: null } };
  const fake = server().stream([CREATED, TAKEN, effect, DONE]).json({ message: "No." }, 404);
  const { chat, named } = open(fake);
  await chat.answers.send(hello);
  expect(named("chatkit.effect")).toEqual([["chatkit.effect", { name: "confetti", data: { n: null } }]]);
  const vote = chat.votes.cast("u1", "thr_1", ["a1"], "positive");
  expect(chat.votes.byTurn).toEqual({ u1: "positive" });
  await vote;
  expect(chat.votes.byTurn).toEqual({});
});

// proves EL-10
test("a client secret is asked for once, and once more when it is refused", async () => {
  const fake = server().json({}, 401).json({ data: [] });
  vi.stubGlobal("window", { fetch: fake.fetch });
  const getClientSecret = vi.fn(async (current: string | null) => (current === null ? "first" : "second"));
  const { chat } = open(fake, { api: { getClientSecret } });
  await chat.history.reload();
  vi.unstubAllGlobals();
  expect(getClientSecret.mock.calls).toEqual([[null], ["first"]]);
  expect(fake.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer first", "Bearer second"]);
});
