/** How long to wait before a connection is tried again, and the waiting. */

/** Seconds between which each wait is drawn: whoever lost the same server does not come back at the same moment. */
const WAITS: readonly (readonly [number, number])[] = [
  [0.2, 1],
  [1, 2],
  [2, 4],
  [4, 8],
];
const LONGEST: readonly [number, number] = [5, 10];
const LONGEST_ASKED = 30;

/** Attempts in a row without success after which nobody tries any more: about two minutes. */
export const ATTEMPTS = 20;

/** Milliseconds before attempt number `attempt`, at least `asked`, but never without bound. */
export function waitBefore(attempt: number, asked = 0, random = Math.random): number {
  const [least, most] = WAITS[attempt - 1] ?? LONGEST;
  return Math.max((least + random() * (most - least)) * 1000, Math.min(asked, LONGEST_ASKED * 1000));
}

/** Milliseconds that a response asks to wait, in its header `Retry-After`; 0 where it does not. */
export function retryAfter(response: Response): number {
  return Math.max(Number(response.headers.get("retry-after")) || 0, 0) * 1000;
}

/** Whether another attempt may have another answer. */
export function isPassing(response: Response): boolean {
  return response.status >= 500 || [408, 425, 429].includes(response.status);
}

/** Rejects with the signal's reason on abort. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Sleeps, but no longer than until the browser says that there is a network again. */
export async function sleepUntilOnline(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const waking = new AbortController();
  const online = () => waking.abort();
  const leave = () => waking.abort();
  globalThis.addEventListener?.("online", online, { once: true });
  signal?.addEventListener("abort", leave, { once: true });
  try {
    if (!signal?.aborted) await sleep(milliseconds, waking.signal).catch(() => undefined);
    signal?.throwIfAborted();
  } finally {
    globalThis.removeEventListener?.("online", online);
    signal?.removeEventListener("abort", leave);
  }
}
