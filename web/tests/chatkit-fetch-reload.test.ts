import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TurnServer } from "./turn-server";
import { events, goOn, standStill, widget } from "./widget";

beforeEach(standStill);
afterEach(goOn);

// proves FEAT-reload-1
test("after a reload the running answer is followed, and the widget told when it has ended", async () => {
  const server = new TurnServer().say(...events.slice(0, 5));
  const fetchUpdates = vi.fn(() => Promise.reject(new Error("busy")));
  const { ask } = widget(server, { fetchUpdates });
  server.cuts = [10];
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.routes).toHaveLength(2);
  expect(server.asked.at(-1)?.headers.get("last-event-id")).toBe("turn_1:5");
  expect(server.readers).toBe(1);
  server.say(...events.slice(5));
  await vi.advanceTimersByTimeAsync(5000);
  expect(fetchUpdates).not.toHaveBeenCalled();
  server.end();
  await vi.advanceTimersByTimeAsync(0);
  expect(fetchUpdates).toHaveBeenCalledExactlyOnceWith("thr_1");
  expect(server.readers).toBe(0);
});

test("while it runs, the widget is told at the wanted pace, if there is anything new", async () => {
  const server = new TurnServer().say(...events.slice(0, 4));
  const fetchUpdates = vi.fn();
  const { ask } = widget(server, { fetchUpdates, updateEvery: 1000 });
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await vi.advanceTimersByTimeAsync(5000);
  expect(fetchUpdates).toHaveBeenCalledTimes(0);
  for (const event of events.slice(4)) {
    server.say(event);
    await vi.advanceTimersByTimeAsync(600);
  }
  expect(fetchUpdates).toHaveBeenCalledTimes(2);
});

test("one thread is followed at a time, and none while the widget itself reads its answer", async () => {
  const server = new TurnServer().say(...events.slice(0, 5));
  const fetchUpdates = vi.fn();
  const { ask, send } = widget(server, { fetchUpdates });
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await vi.advanceTimersByTimeAsync(0);
  expect(server.readers).toBe(1);
  void (await send()).text().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect(server.readers).toBe(1);
  await ask("threads.get_by_id", { thread_id: "thr_1" });
  await vi.advanceTimersByTimeAsync(0);
  expect(server.routes).toHaveLength(1);
  server.end();
  await vi.advanceTimersByTimeAsync(1000);
  expect(fetchUpdates).not.toHaveBeenCalled();
});
