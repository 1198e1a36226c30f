import { expect, test } from "vitest";
import type { ThreadItem } from "../src/element/protocol/items";
import { mergeStored, prependOlder, replaceNewest, settle } from "../src/element/thread/reconcile";
import { EMPTY_THREAD, type ThreadState } from "../src/element/thread/state";
import { answerText, groupTurns } from "../src/element/thread/turns";

const item = (id: string, type: "assistant_message" | "user_message" = "assistant_message", text = "") =>
  ({
    id,
    type,
    thread_id: "t",
    created_at: "",
    content: [{ text, annotations: [] }],
  }) as unknown as ThreadItem;
const state = (...items: ThreadItem[]): ThreadState => ({ ...EMPTY_THREAD, items });
const ids = (shown: ThreadState) => shown.items.map((entry) => entry.id);

test("after a stop the stored form wins and what is not stored yet stays", () => {
  const merged = mergeStored(state(item("u", "user_message"), item("a"), item("b")), [
    item("a", undefined, "stored"),
  ]);
  expect(ids(merged)).toEqual(["u", "a", "b"]);
  expect(answerText(merged.items)).toBe("stored");
});

test("a pull drops what the server no longer has, but only where it looked", () => {
  expect(ids(replaceNewest(state(item("1"), item("2"), item("3")), [item("2"), item("4")]))).toEqual([
    "1",
    "2",
    "4",
  ]);
  expect(ids(replaceNewest(state(item("1")), [item("8"), item("9")]))).toEqual(["8", "9"]);
});

test("older items come before, each once", () => {
  expect(ids(prependOlder(state(item("3")), [item("1"), item("2"), item("3")]))).toEqual(["1", "2", "3"]);
});

test("after a stream nothing is open", () => {
  const open = { ...state(item("a")), open: new Set(["a"]), progress: { text: "x" }, allowCancel: true };
  expect(settle(open)).toMatchObject({ open: new Set(), progress: null, allowCancel: false });
});

test("items are grouped into turns, and turns that did not change stay the same objects", () => {
  const items = [item("0"), item("u1", "user_message"), item("a1"), item("u2", "user_message"), item("a2")];
  const turns = groupTurns(items);
  expect(turns.map((turn) => [turn.message?.id ?? null, turn.answer.map((entry) => entry.id)])).toEqual([
    [null, ["0"]],
    ["u1", ["a1"]],
    ["u2", ["a2"]],
  ]);
  const again = groupTurns(items.with(4, item("a2", undefined, "more")), turns);
  expect(again.map((turn, at) => turn === turns[at])).toEqual([true, true, false]);
});
