/**
 * What a server may still do once a stream has ended: store the partial answer, find a title. The protocol does not
 * tell of it, so it is read a little later, a few times at most, and only while the reader stays in the thread.
 */
import type { Thread } from "../protocol/events";
import { mergeStored } from "../thread/reconcile";
import type { Conversation } from "./conversation";
import type { Host } from "./host";

/** Milliseconds between readings. A server may wait a little before it takes a lost connection for a stop. */
const STORED_AFTER = [2400, 2000, 4000];
const TITLED_AFTER = [500, 1500, 4000];

/** Takes over the stored form of an answer that was cut, once it stands still. */
export async function readStored(host: Host, conversation: Conversation): Promise<void> {
  let seen = "";
  await readLater(host, conversation, STORED_AFTER, async (threadId, current) => {
    const newest = await conversation.newest(threadId);
    if (!current()) return true;
    conversation.set(mergeStored(conversation.state, newest));
    const before = seen;
    seen = JSON.stringify(newest);
    return seen === before;
  });
}

/** Learns the title of a new thread that had none when its first answer ended. */
export async function readTitle(
  host: Host,
  conversation: Conversation,
  onThread: (thread: Thread) => void,
): Promise<void> {
  await readLater(host, conversation, TITLED_AFTER, async (threadId, current) => {
    const thread = await conversation.metadata(threadId);
    if (!current() || thread.title === undefined) return false;
    conversation.apply({ type: "thread.updated", thread });
    onThread(thread);
    return true;
  });
}

/** `read` says when it has what it looks for. `current()` is false once the thread has been left or goes on. */
async function readLater(
  host: Host,
  conversation: Conversation,
  delays: readonly number[],
  read: (threadId: string, current: () => boolean) => Promise<boolean>,
): Promise<void> {
  const { visit } = conversation;
  const current = () => !visit.aborted && conversation.phase === "idle";
  for (const delay of delays) {
    await new Promise((resolve) => setTimeout(resolve, delay));
    const threadId = conversation.state.thread?.id;
    if (!current() || !threadId) return;
    try {
      if (await read(threadId, current)) return;
    } catch (error) {
      host.report(error);
    }
  }
}
