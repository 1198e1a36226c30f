/**
 * What the element knows about the open thread. Values are never changed in place: a new object means a change, the
 * same object means none, and views rely on that.
 */
import type { NoticeLevel, Thread } from "../protocol/events";
import type { ThreadItem, UserMessageItem } from "../protocol/items";

export interface Notice {
  key: number;
  level: NoticeLevel;
  title?: string;
  message: string;
  /** The item it stood under when it arrived; null at the top. */
  after: string | null;
}

export interface Failure {
  /** Absent: the view shows its own sentence for `code`. */
  message?: string;
  code: string;
  allowRetry: boolean;
  /** The thread in which an answer may have gone on unseen. */
  threadId?: string;
}

export interface Progress {
  text: string;
  icon?: string;
}

export interface ThreadState {
  thread: Thread | null;
  items: readonly ThreadItem[];
  /** Ids of items that this stream added and has not ended. */
  open: ReadonlySet<string>;
  /** A message on its way to the server, until the stored one comes back. */
  sending: UserMessageItem | null;
  progress: Progress | null;
  imageProgress: Readonly<Record<string, number>>;
  notices: readonly Notice[];
  failure: Failure | null;
  allowCancel: boolean;
}

export const EMPTY_THREAD: ThreadState = {
  thread: null,
  items: [],
  open: new Set(),
  sending: null,
  progress: null,
  imageProgress: {},
  notices: [],
  failure: null,
  allowCancel: false,
};
