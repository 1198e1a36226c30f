import { afterEach, expect, test, vi } from "vitest";
import { loadConfig } from "../src/page/config";

afterEach(() => vi.unstubAllGlobals());

function answered(body: string, status: number): void {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
}

test("a page that is refused its settings says what the server says", async () => {
  answered('{"message": "Sign in to use this chat."}', 401);
  await expect(loadConfig()).rejects.toThrow(/^Sign in to use this chat$/);
});

test("what stands between may answer in words of its own", async () => {
  answered("<html>", 502);
  await expect(loadConfig()).rejects.toThrow("/config.json was answered with status 502");
});
