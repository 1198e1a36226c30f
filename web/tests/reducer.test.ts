import { describe, expect, test } from "vitest";
import { parseEvent } from "../src/element/protocol/events";
import type { AssistantMessageItem, WidgetItem, WorkflowItem } from "../src/element/protocol/items";
import { reduce } from "../src/element/thread/reducer";
import { EMPTY_THREAD, type ThreadState } from "../src/element/thread/state";

/** Applies events given as the JSON of the wire, ignored ones included. */
function play(events: object[], from: ThreadState = EMPTY_THREAD): ThreadState {
  return events.reduce<ThreadState>((state, json) => {
    const event = parseEvent(JSON.parse(JSON.stringify(json)));
    return event ? reduce(state, event) : state;
  }, from);
}

const base = (id: string) => ({ id, thread_id: "t", created_at: "2026-01-01T00:00:00Z" });
const message = (id: string, ...texts: string[]) => ({
  ...base(id),
  type: "assistant_message",
  content: texts.map((text) => ({ type: "output_text", text, annotations: [] })),
});
const workflow = (id: string, tasks: object[] = []) => ({
  ...base(id),
  type: "workflow",
  workflow: { type: "reasoning", tasks, expanded: false },
});
const widget = (id: string, root: object) => ({ ...base(id), type: "widget", widget: root });
const added = (item: object) => ({ type: "thread.item.added", item });
const done = (item: object) => ({ type: "thread.item.done", item });
const update = (item_id: string, change: object) => ({
  type: "thread.item.updated",
  item_id,
  update: change,
});

describe("the twelve events", () => {
  test("thread.created and thread.updated carry the thread", () => {
    const thread = { id: "t", created_at: "", status: { type: "active" } };
    const created = play([{ type: "thread.created", thread }]);
    expect(created.thread).toMatchObject({ id: "t", title: undefined, status: { type: "active" } });
    const updated = play([{ type: "thread.updated", thread: { ...thread, title: "Named" } }], created);
    expect(updated.thread?.title).toBe("Named");
  });

  test("an item is open from added to done, in order of arrival", () => {
    const started = play([added(message("a")), done(message("b", "x"))]);
    expect(started.items.map((item) => item.id)).toEqual(["a", "b"]);
    expect([...started.open]).toEqual(["a"]);
    expect(play([done(message("a", "end"))], started).open.size).toBe(0);
  });

  test("replaced changes a known item and ignores an unknown one", () => {
    const state = play([done(message("a", "old"))]);
    const replaced = play([{ type: "thread.item.replaced", item: message("a", "new") }], state);
    expect((replaced.items[0] as AssistantMessageItem).content[0]?.text).toBe("new");
    expect(play([{ type: "thread.item.replaced", item: message("z", "new") }], state)).toBe(state);
  });

  test("removed takes the item away; what stood under it moves up", () => {
    const notice = { type: "notice", level: "info", message: "m" };
    const state = play([done(message("a", "1")), done(message("b", "2")), notice]);
    const removed = play([{ type: "thread.item.removed", item_id: "b" }], state);
    expect(removed.items).toHaveLength(1);
    expect(removed.notices[0]?.after).toBe("a");
    expect(play([{ type: "thread.item.removed", item_id: "z" }], state)).toBe(state);
  });

  test("stream_options, notice and error are kept for the view", () => {
    const state = play([
      { type: "stream_options", stream_options: { allow_cancel: true } },
      { type: "notice", level: "odd", message: "m", title: "t" },
      { type: "error", code: "custom", message: "Sorry", allow_retry: true },
    ]);
    expect(state.allowCancel).toBe(true);
    expect(state.notices[0]).toMatchObject({ level: "info", message: "m", title: "t", after: null });
    expect(state.failure).toEqual({ code: "custom", message: "Sorry", allowRetry: true });
  });

  test("progress goes when text comes, not before", () => {
    const state = play([
      { type: "progress_update", text: "Looking", icon: "search" },
      added(message("a", "")),
    ]);
    expect(state.progress).toEqual({ text: "Looking", icon: "search" });
    const delta = { type: "assistant_message.content_part.text_delta", content_index: 0, delta: "x" };
    expect(play([update("a", delta)], state).progress).toBeNull();
  });

  test("an effect changes nothing, and neither does what is unknown", () => {
    const state = play([done(message("a", "x"))]);
    expect(play([{ type: "client_effect", name: "n" }, { type: "thread.item.glowed" }, {}], state)).toBe(
      state,
    );
  });

  test("the stored message takes the place of the one on its way", () => {
    const user = { ...base("u"), type: "user_message", content: [], attachments: [], inference_options: {} };
    const sending = { ...EMPTY_THREAD, sending: { ...user, id: "sending" } as never };
    expect(play([added(message("a"))], sending).sending).not.toBeNull();
    expect(play([done(user)], sending).sending).toBeNull();
  });
});

// proves EL-70
describe("the ten updates", () => {
  const part = (kind: string, rest: object) => ({ type: `assistant_message.content_part.${kind}`, ...rest });
  const url = { type: "url", title: "T", url: "https://a.example" };
  const annotation = { type: "annotation", source: url, index: 1 };

  test("an assistant message grows by parts, deltas and annotations", () => {
    const state = play([
      added(message("a")),
      update("a", part("added", { content_index: 0, content: { text: "", annotations: [] } })),
      update("a", part("text_delta", { content_index: 0, delta: "Hel" })),
      update("a", part("text_delta", { content_index: 0, delta: "lo" })),
      update("a", part("annotation_added", { content_index: 0, annotation_index: 0, annotation })),
      update("a", part("text_delta", { content_index: 1, delta: "!" })),
      update("a", part("done", { content_index: 0, content: { text: "Hello", annotations: [] } })),
    ]);
    const item = state.items[0] as AssistantMessageItem;
    expect(item.content.map((content) => content.text)).toEqual(["Hello", "!"]);
    // The stock SDK sends `done` without the annotations that it added before.
    expect(item.content[0]?.annotations).toHaveLength(1);
  });

  test("tasks of a workflow are added and changed by place", () => {
    const task = (title: string) => ({ type: "custom", title, status_indicator: "loading" });
    const state = play([
      added(workflow("w")),
      update("w", { type: "workflow.task.added", task_index: 0, task: task("one") }),
      update("w", { type: "workflow.task.added", task_index: 1, task: task("two") }),
      update("w", {
        type: "workflow.task.updated",
        task_index: 0,
        task: { ...task("ONE"), status_indicator: "complete" },
      }),
    ]);
    const { tasks } = (state.items[0] as WorkflowItem).workflow;
    expect(tasks.map((entry) => [entry.title, entry.status_indicator])).toEqual([
      ["ONE", "complete"],
      ["two", "loading"],
    ]);
  });

  test("a widget changes by text, by component and as a whole", () => {
    const root = {
      type: "Card",
      children: [
        { type: "Text", id: "t", value: "a" },
        { type: "Transition", children: { type: "Markdown", id: "m", value: "x" } },
      ],
    };
    const grown = play([
      added(widget("w", root)),
      update("w", { type: "widget.streaming_text.value_delta", component_id: "t", delta: "b", done: true }),
      update("w", { type: "widget.streaming_text.value_delta", component_id: "m", delta: "y", done: false }),
    ]);
    expect((grown.items[0] as WidgetItem).widget).toMatchObject({
      children: [{ value: "ab" }, { children: { value: "xy" } }],
    });
    const swapped = play(
      [update("w", { type: "widget.component.updated", component_id: "t", component: { type: "Badge" } })],
      grown,
    );
    expect((swapped.items[0] as WidgetItem).widget).toMatchObject({ children: [{ type: "Badge" }, {}] });
    const whole = play([update("w", { type: "widget.root.updated", widget: { type: "ListView" } })], swapped);
    expect((whole.items[0] as WidgetItem).widget).toEqual({ type: "ListView" });
  });

  test("a generated image arrives with its progress", () => {
    const state = play([
      added({ ...base("i"), type: "generated_image" }),
      update("i", {
        type: "generated_image.updated",
        image: { id: "x", url: "https://a.example/x" },
        progress: 0.5,
      }),
    ]);
    expect(state.items[0]).toMatchObject({ image: { url: "https://a.example/x" } });
    expect(state.imageProgress).toEqual({ i: 0.5 });
  });

  test("an update for an unknown item, component or type changes nothing", () => {
    const delta = part("text_delta", { content_index: 0, delta: "x" });
    const state = play([done(message("a", "x")), done(widget("w", { type: "Card", id: "c" }))]);
    const unfit = [
      update("z", delta),
      update("w", delta),
      update("w", { type: "widget.streaming_text.value_delta", component_id: "z", delta: "x" }),
      update("a", { type: "workflow.task.added", task_index: 0, task: {} }),
      update("a", { type: "assistant_message.sung" }),
      update("a", part("text_delta", { content_index: 1e9, delta: "x" })),
      update("a", part("text_delta", { content_index: -1, delta: "x" })),
    ];
    expect(play(unfit, state).items).toEqual(state.items);
  });
});

describe("items as they may arrive", () => {
  test("an item of an unknown type stays readable", () => {
    const state = play([
      done({ ...base("x"), type: "hologram", title: "A cat", children: [{ text: "purrs" }] }),
    ]);
    expect(state.items[0]).toMatchObject({ type: "unknown", kind: "hologram", text: "A cat\npurrs" });
  });

  test.each([null, "text", [], { id: 7 }, { type: "assistant_message" }])(
    "what has no id is left out: %j",
    (item) => {
      expect(play([{ type: "thread.item.done", item }])).toBe(EMPTY_THREAD);
    },
  );

  test.each([
    "user_message",
    "assistant_message",
    "workflow",
    "task",
    "widget",
    "generated_image",
    "structured_input",
    "client_tool_call",
    "end_of_turn",
    "constructor",
  ])("a bare %s gets every field it needs", (type) => {
    expect(() => play([done({ ...base("x"), type, content: 3, workflow: null, tasks: "x" })])).not.toThrow();
  });
});
