/** Tells the server that the reader has stopped an answer: `POST …/cancel`, until it has heard it or it is too late. */
import { isPassing, retryAfter, sleepUntilOnline, waitBefore } from "./waits";

/** Attempts after which the answer has probably ended by itself. */
const STOP_ATTEMPTS = 6;

/**
 * Whether the server has heard it. `post` sends the request; only the first may outlive the page (`keepalive`),
 * because not every browser allows that to another origin.
 */
export async function deliverStop(post: (keepalive: boolean) => Promise<Response>): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await post(attempt === 1).catch(() => null);
    void response?.body?.cancel().catch(() => undefined);
    if (response && !isPassing(response)) return response.ok;
    if (attempt === STOP_ATTEMPTS) return false;
    await sleepUntilOnline(waitBefore(attempt, response ? retryAfter(response) : 0));
  }
}
