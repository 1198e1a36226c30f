import { expect, test } from "vitest";
import { FakeServer } from "./fake-server";
import { openChat } from "./open-chat";

const thread = { id: "thr_1", title: "T", created_at: "", status: { type: "active" } };
const item = (value: string) => ({
  type: "widget",
  id: "wig_1",
  thread_id: "thr_1",
  created_at: "",
  widget: { type: "Card", children: [{ type: "Text", value }] },
});
const pressed = {
  itemId: "wig_1",
  widget: item("old").widget,
  action: { type: "go", payload: { a: 1 } },
  handler: "server" as const,
  streaming: true,
};

async function opened(options: object = {}) {
  const server = new FakeServer().json({ ...thread, items: { data: [item("old")], has_more: false } });
  const open = openChat(server, options);
  await open.chat.openThread("thr_1");
  return { server, ...open };
}

// proves EL-34, EL-80
test("a client action is the page's own: nothing goes to the server", async () => {
  const calls: unknown[] = [];
  const { chat, server } = await opened({
    widgets: { onAction: async (...call: unknown[]) => void calls.push(call) },
  });
  expect(await chat.actions.perform({ ...pressed, handler: "client" })).toBe(true);
  expect(calls).toEqual([[pressed.action, { id: "wig_1", widget: pressed.widget }]]);
  expect(server.asked).toHaveLength(1);
});

test("a page that throws, or does nothing with actions, harms nothing", async () => {
  const failing = await opened({ widgets: { onAction: () => Promise.reject(new Error("no")) } });
  expect(await failing.chat.actions.perform({ ...pressed, handler: "client" })).toBe(false);
  expect(failing.named("report")).toHaveLength(1);
  const without = await opened();
  expect(await without.chat.actions.perform({ ...pressed, handler: "client" })).toBe(true);
});

// proves EL-45, EL-80
test("a server action is an answer like any other, with the item's id", async () => {
  const { chat, server, named } = await opened();
  const replaced = { type: "thread.item.replaced", item: item("new") };
  server.stream([replaced]);
  expect(await chat.actions.perform(pressed)).toBe(true);
  expect(server.asked[1]).toMatchObject({
    type: "threads.custom_action",
    params: { thread_id: "thr_1", item_id: "wig_1", action: pressed.action },
  });
  expect(chat.conversation.state.items[0]).toMatchObject({ widget: replaced.item.widget });
  expect(named("chatkit.response.start", "chatkit.response.end")).toHaveLength(2);

  server.stream([]);
  await chat.sendCustomAction({ type: "own" });
  expect(server.asked[2]?.params).toEqual({ thread_id: "thr_1", action: { type: "own" } });
});

// proves EL-45
test("without a thread an action cannot be sent", async () => {
  const { chat } = openChat(new FakeServer());
  await expect(chat.sendCustomAction({ type: "go" })).rejects.toThrow("no thread");
});

// proves EL-80
test("an action without a stream changes its item at once, also while an answer is written", async () => {
  const { chat, server } = await opened();
  server.stream([], "hang");
  void chat.sendUserMessage({ text: "Hi" });
  server.json({ updated_item: item("new") });
  expect(await chat.actions.perform({ ...pressed, streaming: false })).toBe(true);
  expect(server.asked[2]).toMatchObject({ type: "threads.sync_custom_action", params: { item_id: "wig_1" } });
  expect(chat.conversation.state.items[0]).toMatchObject({ widget: item("new").widget });
  expect(chat.conversation.phase).toBe("answering");
});

// proves EL-81
test("an action that needs a stream is not sent while one runs", async () => {
  const { chat, server } = await opened();
  server.stream([], "hang");
  void chat.sendUserMessage({ text: "Hi" });
  expect(await chat.actions.perform(pressed)).toBe(false);
  expect(server.asked.map(({ type }) => type)).not.toContain("threads.custom_action");
});

// proves EL-82
test.each([true, false])("a refused action says so, and is over (streaming: %s)", async (streaming) => {
  const { chat, server, named } = await opened();
  server.json({ message: "Not now." }, 409);
  expect(await chat.actions.perform({ ...pressed, streaming })).toBe(false);
  expect(chat.conversation.state.failure).toMatchObject({ message: "Not now.", allowRetry: false });
  expect(chat.conversation.phase).toBe("idle");
  expect(named("report")).toHaveLength(1);
});

test("an update that comes when another thread is open has no effect", async () => {
  const { chat, server } = await opened();
  server.json({ updated_item: item("new") });
  const work = chat.actions.perform({ ...pressed, streaming: false });
  await chat.openThread(null);
  await work;
  expect(chat.conversation.state.items).toEqual([]);
});
