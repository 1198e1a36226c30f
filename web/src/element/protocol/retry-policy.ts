/**
 * When a streaming request is sent again, and how long to wait before. Only an answer that never began is repeated;
 * the server recognises the repetition by its content.
 */
import { retryAfter } from "../../resume/waits";
import { isEventStream } from "../../resume/wire";

/** Seconds between which each wait is drawn. */
const WAITS: readonly (readonly [number, number])[] = [
  [1, 2],
  [2, 4],
  [4, 8],
  [5, 10],
  [5, 10],
];
/** Milliseconds that a server may ask for at most. */
const LONGEST_RETRY_AFTER = 30_000;

/** Milliseconds to wait before attempt number `attempt` + 1, or null when the answer of this one is final. */
export function retryDelay(response: Response, attempt: number, random = Math.random): number | null {
  const wait = WAITS[attempt - 1];
  const wrongKind = response.ok && !isEventStream(response);
  if (!wait || !(response.status >= 500 || wrongKind)) return null;
  const [least, most] = wait;
  const drawn = (least + random() * (most - least)) * 1000;
  return Math.max(drawn, Math.min(retryAfter(response), LONGEST_RETRY_AFTER));
}
