/**
 * When a streaming request is sent again, and how long to wait before. Only an answer that never began is repeated;
 * the server recognises the repetition by its content.
 */

/** Seconds between which each wait is drawn. */
const WAITS: readonly (readonly [number, number])[] = [
  [1, 2],
  [2, 4],
  [4, 8],
  [5, 10],
  [5, 10],
];
const LONGEST_RETRY_AFTER = 30;

/** Milliseconds to wait before attempt number `attempt` + 1, or null when the answer of this one is final. */
export function retryDelay(response: Response, attempt: number, random = Math.random): number | null {
  const wait = WAITS[attempt - 1];
  const wrongKind = response.ok && !isEventStream(response);
  if (!wait || !(response.status >= 500 || wrongKind)) return null;
  const [least, most] = wait;
  const asked = Number(response.headers.get("retry-after")) || 0;
  const seconds = Math.max(least + random() * (most - least), Math.min(asked, LONGEST_RETRY_AFTER));
  return seconds * 1000;
}

export function isEventStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
