/**
 * Brings what is on the screen together with what the server has stored: after a stop, a lost connection or a pull.
 */
import type { ThreadItem } from "../protocol/items";
import type { ThreadState } from "./state";

/**
 * `newest` is the end of the stored thread in ascending order. The stored form wins where both sides have an item;
 * what was only on the screen stays, because the server may be about to store it.
 */
export function mergeStored(state: ThreadState, newest: readonly ThreadItem[]): ThreadState {
  const stored = new Map(newest.map((item) => [item.id, item]));
  const items = state.items.map((item) => stored.get(item.id) ?? item);
  const known = new Set(items.map((item) => item.id));
  items.push(...newest.filter((item) => !known.has(item.id)));
  const sending = newest.some((item) => item.type === "user_message" && !known.has(item.id))
    ? null
    : state.sending;
  return { ...state, items, sending };
}

/** `newest` in place of the end of the thread: what the server no longer has disappears. */
export function replaceNewest(state: ThreadState, newest: readonly ThreadItem[]): ThreadState {
  const first = newest[0];
  const start = first ? state.items.findIndex((item) => item.id === first.id) : -1;
  const kept = start < 0 ? [] : state.items.slice(0, start);
  const known = new Set(state.items.map((item) => item.id));
  const arrived = newest.some((item) => item.type === "user_message" && !known.has(item.id));
  return { ...state, items: [...kept, ...newest], sending: arrived ? null : state.sending };
}

/** Begins to follow an answer that was read half-way: its last part is the one that may still grow. */
export function reopen(state: ThreadState): ThreadState {
  const last = state.items.at(-1);
  const grows = last?.type === "assistant_message" || last?.type === "workflow";
  return { ...state, open: new Set(grows ? [last.id] : []), failure: null, allowCancel: true };
}

/** Older items in ascending order, put before those on the screen. */
export function prependOlder(state: ThreadState, older: readonly ThreadItem[]): ThreadState {
  const known = new Set(state.items.map((item) => item.id));
  return { ...state, items: [...older.filter((item) => !known.has(item.id)), ...state.items] };
}

/** Ends everything that a stream left open: nothing will update it any more. */
export function settle(state: ThreadState): ThreadState {
  return { ...state, open: new Set(), progress: null, imageProgress: {}, allowCancel: false };
}
