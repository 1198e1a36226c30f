/**
 * Applies stream events to a thread. Pure: no clock, no network, no DOM.
 * An event about an unknown item changes nothing, except that `added` and `done` bring the item with them.
 */
import type { StreamEvent } from "../protocol/events";
import type { ThreadItem } from "../protocol/items";
import { updateItem } from "./item-updates";
import type { ThreadState } from "./state";

export function reduce(state: ThreadState, event: StreamEvent): ThreadState {
  switch (event.type) {
    case "thread.created":
    case "thread.updated":
      return { ...state, thread: event.thread };
    case "thread.item.added":
      return { ...received(state, event.item), open: new Set(state.open).add(event.item.id) };
    case "thread.item.done":
      return closed(received(state, event.item), event.item.id);
    case "thread.item.replaced":
      return has(state, event.item.id) ? closed(received(state, event.item), event.item.id) : state;
    case "thread.item.removed":
      return removed(state, event.item_id);
    case "thread.item.updated":
      return updated(state, event);
    case "stream_options":
      return { ...state, allowCancel: event.allow_cancel };
    case "progress_update":
      return { ...state, progress: event.text ? { text: event.text, icon: event.icon } : null };
    case "error":
      return {
        ...state,
        progress: null,
        failure: { message: event.message, code: event.code, allowRetry: event.allow_retry },
      };
    case "notice":
      return noticed(state, event);
    case "client_effect":
      return state;
  }
}

function has(state: ThreadState, id: string): boolean {
  return state.items.some((item) => item.id === id);
}

function received(state: ThreadState, item: ThreadItem): ThreadState {
  const known = has(state, item.id);
  const items = known
    ? state.items.map((other) => (other.id === item.id ? item : other))
    : [...state.items, item];
  const sending = item.type === "user_message" ? null : state.sending;
  const progress = item.type === "assistant_message" && saysSomething(item) ? null : state.progress;
  return { ...state, items, sending, progress };
}

function saysSomething(item: ThreadItem): boolean {
  return item.type === "assistant_message" && item.content.some((part) => part.text !== "");
}

function closed(state: ThreadState, id: string): ThreadState {
  if (!state.open.has(id)) return state;
  const open = new Set(state.open);
  open.delete(id);
  return { ...state, open };
}

function removed(state: ThreadState, id: string): ThreadState {
  const index = state.items.findIndex((item) => item.id === id);
  if (index < 0) return state;
  const items = state.items.filter((item) => item.id !== id);
  const before = items[index - 1]?.id ?? null;
  const notices = state.notices.map((notice) =>
    notice.after === id ? { ...notice, after: before } : notice,
  );
  return closed({ ...state, items, notices }, id);
}

function updated(state: ThreadState, event: StreamEvent & { type: "thread.item.updated" }): ThreadState {
  const index = state.items.findIndex((item) => item.id === event.item_id);
  const item = state.items[index];
  if (!item) return state;
  const next = updateItem(item, event.update);
  const { update } = event;
  const imageProgress =
    update.type === "generated_image.updated" && update.progress !== undefined
      ? { ...state.imageProgress, [item.id]: update.progress }
      : state.imageProgress;
  if (next === item && imageProgress === state.imageProgress) return state;
  const items = state.items.with(index, next);
  return { ...state, items, imageProgress, progress: saysSomething(next) ? null : state.progress };
}

function noticed(state: ThreadState, event: StreamEvent & { type: "notice" }): ThreadState {
  const { level, title, message } = event;
  const after = state.items.at(-1)?.id ?? null;
  const key = (state.notices.at(-1)?.key ?? 0) + 1;
  return { ...state, notices: [...state.notices, { key, level, title, message, after }] };
}
