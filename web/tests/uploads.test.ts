import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { acceptList, refusal } from "../src/element/session/file-limits";
import { FakeServer } from "./fake-server";
import { openChat } from "./open-chat";

beforeEach(() => {
  vi.stubGlobal("document", { baseURI: "http://127.0.0.1/app/" });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const file = (name: string, type: string, size = 4) => new File(["x".repeat(size)], name, { type });
const stored = { id: "atc_1", type: "file", name: "a.txt", mime_type: "text/plain" };
const descriptor = { url: "/chatkit/files/atc_1", method: "POST", headers: { "x-own": "1" } };
const enabled = { composer: { attachments: { enabled: true } } };

function twoPhase(composer: object = enabled) {
  const server = new FakeServer();
  return { server, ...openChat(server, composer) };
}
const files = ({ chat }: ReturnType<typeof twoPhase>) => chat.drafts.of(null).files;

// proves EL-15, EL-27
test("a file is announced, its bytes follow as a form, and it goes with the message", async () => {
  const open = twoPhase();
  const { server, chat } = open;
  server.json({ ...stored, upload_descriptor: descriptor }).json({ ...stored, name: "named by the server" });
  chat.uploads.add(null, [file("a.txt", "text/plain")]);
  expect(files(open)).toMatchObject([{ name: "a.txt", isImage: false }]);
  expect(chat.drafts.isIncomplete(null)).toBe(true);
  await vi.waitFor(() => expect(chat.drafts.isIncomplete(null)).toBe(false));

  expect(server.asked[0]).toMatchObject({
    type: "attachments.create",
    params: { name: "a.txt", size: 4, mime_type: "text/plain" },
  });
  const [sent] = server.uploaded;
  expect(sent).toMatchObject({ url: "/chatkit/files/atc_1", method: "POST" });
  expect(sent?.headers).toMatchObject({ "x-own": "1", "chatkit-frame-instance-id": expect.any(String) });
  const form = sent?.body as FormData;
  expect((form.get("file") as File).name).toBe("a.txt");

  server.stream([]);
  chat.submit();
  await vi.waitFor(() => expect(server.asked).toHaveLength(2));
  expect(server.asked[1]?.params).toMatchObject({ input: { attachments: ["atc_1"], content: [] } });
  expect(files(open)).toEqual([]);
});

// proves EL-15
test("with the direct strategy the form goes to its address and the answer is the attachment", async () => {
  const server = new FakeServer().json({ ...stored, type: "image", preview_url: "https://x/p" });
  const api = { ...server.api, uploadStrategy: { type: "direct", uploadUrl: "/files" } };
  const { chat } = openChat({ api: api as never }, enabled);
  chat.uploads.add(null, [file("a.png", "image/png")]);
  await vi.waitFor(() => expect(chat.drafts.isIncomplete(null)).toBe(false));
  expect(server.asked).toEqual([]);
  expect(server.uploaded[0]).toMatchObject({ url: "/files", method: "POST" });
  expect(chat.drafts.message(null).attachments).toMatchObject([{ id: "atc_1", preview_url: "https://x/p" }]);
});

// proves EL-15
test("storage elsewhere gets the bytes as they are, and learns nothing of this page", async () => {
  const open = twoPhase();
  const foreign = { url: "https://bucket.example/k", method: "PUT", headers: { "x-sig": "s" } };
  open.server.json({ ...stored, upload_descriptor: foreign }).json("not an object");
  open.chat.uploads.add(null, [file("a.txt", "text/plain")]);
  await vi.waitFor(() => expect(open.chat.drafts.isIncomplete(null)).toBe(false));
  const [sent] = open.server.uploaded;
  expect(sent).toMatchObject({ method: "PUT", headers: { "x-sig": "s" } });
  expect(Object.keys(sent?.headers ?? {})).toEqual(["x-sig"]);
  expect(sent?.body).toBeInstanceOf(File);
});

// proves EL-27
test("a failed upload keeps its file, says why, holds the message back, and can be tried again", async () => {
  const open = twoPhase();
  const { server, chat, named } = open;
  server.json({ message: "Too many files today." }, 429);
  chat.drafts.change(null, { text: "Look" });
  chat.uploads.add(null, [file("a.txt", "text/plain")]);
  await vi.waitFor(() => expect(files(open)[0]?.failed).toEqual({ sentence: "Too many files today." }));
  expect(named("report")).toHaveLength(1);
  chat.submit();
  expect(server.asked).toHaveLength(1);

  server.json({ ...stored, upload_descriptor: descriptor }).json(stored);
  chat.uploads.retry(null, files(open)[0]?.key ?? "");
  expect(files(open)[0]?.failed).toBeUndefined();
  await vi.waitFor(() => expect(chat.drafts.isIncomplete(null)).toBe(false));
});

// proves EL-27
test("what is removed is deleted on the server, also when its upload ends later", async () => {
  const open = twoPhase();
  const { server, chat } = open;
  server
    .json({ ...stored, upload_descriptor: descriptor })
    .json(stored)
    .json({});
  chat.uploads.add(null, [file("a.txt", "text/plain")]);
  await vi.waitFor(() => expect(chat.drafts.isIncomplete(null)).toBe(false));
  chat.uploads.remove(null, files(open)[0]?.key ?? "");
  expect(files(open)).toEqual([]);
  await vi.waitFor(() =>
    expect(server.asked.at(-1)).toMatchObject({
      type: "attachments.delete",
      params: { attachment_id: "atc_1" },
    }),
  );
});

// proves EL-27
test("files beyond the limits are not taken, and each is told why", () => {
  const composer = {
    attachments: {
      enabled: true,
      maxCount: 2,
      maxSize: { "image/*": 10, "image/gif": 2, "*": 5 },
      accept: { "image/*": [], "text/plain": [".txt"] },
    },
  };
  const open = twoPhase({ composer });
  const refused = open.chat.uploads.add(null, [
    file("a.png", "image/png", 11),
    file("b.gif", "image/gif", 3),
    file("c.zip", "application/zip"),
    file("d.TXT", "", 5),
    file("e.txt", "text/plain", 0),
    file("f.png", "image/png", 10),
    file("g.png", "image/png"),
  ]);
  expect(refused).toEqual([
    { name: "a.png", reason: "too-large", limit: 10 },
    { name: "b.gif", reason: "too-large", limit: 2 },
    { name: "c.zip", reason: "wrong-kind" },
    { name: "e.txt", reason: "empty" },
    { name: "g.png", reason: "too-many", limit: 2 },
  ]);
  expect(open.chat.drafts.of(null).refused).toEqual(refused);
  expect(acceptList(composer.attachments.accept)).toBe("image/*,text/plain,.txt");
});

test("without limits anything up to 100 MB may come, ten at a time", () => {
  expect(refusal(file("a", ""), 9, { enabled: true })).toBeNull();
  expect(refusal(file("a", ""), 10, { enabled: true })?.reason).toBe("too-many");
  const huge = { name: "a", type: "", size: 100 * 1024 * 1024 + 1 } as File;
  expect(refusal(huge, 0, { enabled: true })?.reason).toBe("too-large");
});
