import { expect, test } from "vitest";
import { retryDelay } from "../src/element/protocol/retry-policy";

const answer = (status: number, headers: Record<string, string> = {}) =>
  new Response(null, { status, headers });
const stream = { "content-type": "text/event-stream; charset=utf-8" };

test("a 5xx is repeated five times with growing waits", () => {
  const waits = [1, 2, 3, 4, 5, 6].map((attempt) => retryDelay(answer(502), attempt, () => 0));
  expect(waits).toEqual([1000, 2000, 4000, 5000, 5000, null]);
  expect(retryDelay(answer(502), 3, () => 1)).toBe(8000);
});

test("an answer of another kind than a stream is repeated", () => {
  expect(retryDelay(answer(200, { "content-type": "text/html" }), 1, () => 0)).toBe(1000);
  expect(retryDelay(answer(200, stream), 1)).toBeNull();
});

test("a 4xx is final", () => {
  for (const status of [400, 401, 404, 409, 413, 429]) expect(retryDelay(answer(status), 1)).toBeNull();
});

test("Retry-After lengthens the wait within bounds", () => {
  expect(retryDelay(answer(503, { "retry-after": "7" }), 1, () => 0)).toBe(7000);
  expect(retryDelay(answer(503, { "retry-after": "86400" }), 1, () => 0)).toBe(30_000);
  expect(retryDelay(answer(503, { "retry-after": "soon" }), 1, () => 0)).toBe(1000);
});
