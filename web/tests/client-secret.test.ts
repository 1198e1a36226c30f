import { expect, test, vi } from "vitest";
import { chatkitFetch } from "../src/fetch/chatkit-fetch";
import { withClientSecret } from "../src/fetch/with-client-secret";

const OURS = "https://chat.test";
const ENDPOINT = `${OURS}/chatkit`;

/** A server that takes one secret at a time, and a back-end that gives out numbered ones. */
function open(good = "ek_1") {
  const sent: [string, RequestInit | undefined][] = [];
  const server = { good, sent };
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    sent.push([String(input instanceof Request ? input.url : input), init]);
    const given = new Headers(init?.headers).get("authorization");
    return Response.json({}, { status: given === `Bearer ${server.good}` ? 200 : 401 });
  };
  let made = 0;
  const getClientSecret = vi.fn(async (_: string | null) => `ek_${++made}`);
  return { server, getClientSecret, fetch: withClientSecret(getClientSecret, OURS, fetch), secrets };

  function secrets(): (string | null)[] {
    return sent.map(([, init]) => new Headers(init?.headers).get("authorization"));
  }
}

const post = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };

// proves AB-65
test("the secret is asked for once, and goes out with what the request carries besides", async () => {
  const { fetch, getClientSecret, server } = open();
  await Promise.all([fetch(ENDPOINT, post), fetch(ENDPOINT, post), fetch(new URL(ENDPOINT), post)]);
  expect(getClientSecret.mock.calls).toEqual([[null]]);
  for (const [, init] of server.sent) {
    expect(init).toMatchObject({ method: "POST", body: "{}", redirect: "error" });
    const headers = Object.fromEntries(new Headers(init?.headers));
    expect(headers).toEqual({ authorization: "Bearer ek_1", "content-type": "application/json" });
  }
});

// proves AB-66
test("an expired secret is renewed once, however many requests it is refused to", async () => {
  const { fetch, getClientSecret, server } = open();
  await fetch(ENDPOINT, post);
  server.good = "ek_2";
  const burst = await Promise.all(Array.from({ length: 5 }, () => fetch(ENDPOINT, post)));
  expect(burst.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(getClientSecret.mock.calls).toEqual([[null], ["ek_1"]]);
});

// proves AB-66
test("who is refused late takes the secret that others have got meanwhile", async () => {
  let refuse = (): void => undefined;
  const held = new Promise<Response>((resolve) => {
    refuse = () => resolve(new Response(null, { status: 401 }));
  });
  const answers = [held, new Response(null, { status: 401 }), new Response("{}"), new Response("{}")];
  const getClientSecret = vi.fn(async (current: string | null) => (current === null ? "ek_1" : "ek_2"));
  const fetch = withClientSecret(getClientSecret, OURS, async () => answers.shift() ?? Response.error());
  const late = fetch(ENDPOINT, post);
  expect((await fetch(ENDPOINT, post)).status).toBe(200);
  refuse();
  expect((await late).status).toBe(200);
  expect(getClientSecret.mock.calls).toEqual([[null], ["ek_1"]]);
});

// proves AB-66
test("a second refusal reaches the page", async () => {
  const { fetch, getClientSecret, secrets } = open("another");
  expect((await fetch(ENDPOINT, post)).status).toBe(401);
  expect(secrets()).toEqual(["Bearer ek_1", "Bearer ek_2"]);
  expect(getClientSecret).toHaveBeenCalledTimes(2);
});

// proves AB-66
test("a secret that could not be had is asked for again by the next request", async () => {
  const { fetch, getClientSecret, server } = open();
  getClientSecret.mockRejectedValueOnce(new Error("the back-end is away"));
  await expect(fetch(ENDPOINT, post)).rejects.toThrow("the back-end is away");
  expect(server.sent).toEqual([]);
  expect((await fetch(ENDPOINT, post)).status).toBe(200);

  server.good = "ek_2";
  getClientSecret.mockRejectedValueOnce(new Error("away again"));
  await expect(fetch(ENDPOINT, post)).rejects.toThrow("away again");
  expect((await fetch(ENDPOINT, post)).status).toBe(200);
});

// proves AB-67
test("no other origin gets the secret, nor does anybody for it", async () => {
  const { fetch, getClientSecret, server } = open();
  const storage = [
    "https://storage.test/bucket",
    "http://chat.test/chatkit",
    "https://chat.test:8443/chatkit",
    "https://chat.test.evil.test/chatkit",
    "https://evil.test/?https://chat.test",
  ];
  for (const url of storage) await fetch(url, post);
  expect(server.sent).toEqual(storage.map((url) => [url, post]));
  expect(getClientSecret).not.toHaveBeenCalled();
});

test("a request may be an object, whose headers stay and whose body is sent again", async () => {
  const bodies: string[] = [];
  const headers: string[] = [];
  const fetch = withClientSecret(
    async (current) => (current === null ? "ek_1" : "ek_2"),
    OURS,
    async (input, init) => {
      const request = new Request(input, init);
      bodies.push(await request.text());
      headers.push(`${request.headers.get("x-tenant")} ${request.headers.get("authorization")}`);
      return new Response(null, { status: bodies.length === 1 ? 401 : 200 });
    },
  );
  const request = new Request(ENDPOINT, { method: "POST", body: "Hello", headers: { "x-tenant": "a" } });
  expect((await fetch(request)).status).toBe(200);
  expect(bodies).toEqual(["Hello", "Hello"]);
  expect(headers).toEqual(["a Bearer ek_1", "a Bearer ek_2"]);
});

test("under chatkitFetch every request carries the secret", async () => {
  const { fetch, secrets, server } = open();
  const through = chatkitFetch({ fetch });
  await through(ENDPOINT, { ...post, body: JSON.stringify({ type: "threads.create", params: {} }) });
  expect(secrets()).toEqual(["Bearer ek_1"]);
  expect(new Headers(server.sent[0]?.[1]?.headers).get("chatkit-disconnect")).toBe("detach");
});
