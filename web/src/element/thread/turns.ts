/** Groups a thread's items into turns: a user's message and everything that answers it. */
import type { StructuredInputItem, ThreadItem, UserMessageItem } from "../protocol/items";

export interface Turn {
  /** Stable while the turn grows. */
  key: string;
  /** Null for what stands before the first message that is loaded. */
  message: UserMessageItem | null;
  answer: ThreadItem[];
}

/** `before` is the last grouping: turns that have not changed are the same objects again. */
export function groupTurns(items: readonly ThreadItem[], before: readonly Turn[] = []): Turn[] {
  const known = new Map(before.map((turn) => [turn.key, turn]));
  return group(items).map((turn) => {
    const old = known.get(turn.key);
    return old && sameTurn(old, turn) ? old : turn;
  });
}

function sameTurn(a: Turn, b: Turn): boolean {
  const { answer } = a;
  if (a.message !== b.message || answer.length !== b.answer.length) return false;
  return b.answer.every((item, at) => item === answer[at]);
}

function group(items: readonly ThreadItem[]): Turn[] {
  const turns: Turn[] = [];
  for (const item of items) {
    if (item.type === "user_message") {
      turns.push({ key: item.id, message: item, answer: [] });
      continue;
    }
    const turn = turns.at(-1);
    if (turn) turn.answer.push(item);
    else turns.push({ key: item.id, message: null, answer: [item] });
  }
  return turns;
}

/** The questions that wait for an answer: those of the newest turn. */
export function pendingInput(items: readonly ThreadItem[]): StructuredInputItem | null {
  const since = items.slice(items.findLastIndex((item) => item.type === "user_message") + 1);
  return (
    since.findLast(
      (item): item is StructuredInputItem => item.type === "structured_input" && item.status === "pending",
    ) ?? null
  );
}

/** What "copy" puts on the clipboard: the text of the answer, as its author wrote it. */
export function answerText(answer: readonly ThreadItem[]): string {
  const parts: string[] = [];
  for (const item of answer) {
    if (item.type === "assistant_message") parts.push(...item.content.map((part) => part.text));
    if (item.type === "widget" && item.copy_text) parts.push(item.copy_text);
  }
  return parts.filter((part) => part.trim() !== "").join("\n\n");
}
