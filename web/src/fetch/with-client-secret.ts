/**
 * A `fetch` that sends a session's client secret: for pages that were written for OpenAI's hosted ChatKit and keep
 * their `getClientSecret`.
 *
 *     import { withClientSecret } from "/chatkit-fetch.js";
 *     const fetch = withClientSecret(getClientSecret, "https://chat.example.com");
 *     element.setOptions({ api: { url: "https://chat.example.com/chatkit", domainKey: "…", fetch } });
 *
 * With `chatkitFetch` on top of it: `chatkitFetch({ fetch: withClientSecret(getClientSecret, ours) })`.
 */
import { ClientSecret } from "./client-secret";
import type { withClientSecret as Declared, Fetch } from "./published/chatkit-fetch";

/** Makes the value for the widget's option `api.fetch`. Make one for a page, not one for each rendering. */
export const withClientSecret: typeof Declared = (getClientSecret, ours, fetch) => {
  // Called as a function: the browser's own refuses to be anyone's method.
  const send: Fetch = (input, init) => (fetch ?? globalThis.fetch)(input, init);
  const secret = new ClientSecret(getClientSecret);
  const origin = absolute(ours).origin;
  return async (input, init) => {
    // Files that go to other storage must not take the secret there.
    if (absolute(isRequest(input) ? input.url : input).origin !== origin) return send(input, init);
    // A request can be sent only once.
    const again = isRequest(input) ? input.clone() : input;
    const used = secret.get();
    const response = await send(input, bearing(await used, input, init));
    if (response.status !== 401) return response;
    return send(again, bearing(await secret.after(used), again, init));
  };
};

/** What fetch was given, with the secret. It follows nobody elsewhere. */
function bearing(secret: string, input: RequestInfo | URL, init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers ?? (isRequest(input) ? input.headers : undefined));
  headers.set("authorization", `Bearer ${secret}`);
  return { ...init, headers, redirect: "error" };
}

function isRequest(input: RequestInfo | URL): input is Request {
  return typeof Request === "function" && input instanceof Request;
}

function absolute(url: string | URL): URL {
  return new URL(url, globalThis.document?.baseURI);
}
