/** Reads what the widget is about to ask, without changing it. Whatever is no request of the protocol is left alone. */

/** Answered with a stream of events. */
const STREAMING = new Set([
  "threads.create",
  "threads.add_user_message",
  "threads.add_client_tool_output",
  "threads.add_structured_input",
  "threads.retry_after_item",
  "threads.custom_action",
]);

export interface Call {
  url: string;
  /** What fetch was given. A body that could be read only once is text here. */
  init: RequestInit;
  operation: string;
  streaming: boolean;
  /** Absent where a thread is only just being created. */
  threadId: string | undefined;
  signal: AbortSignal | undefined;
}

/** Null for everything that is to go out as it is, with the header by which a client says that it resumes by itself too. */
export async function readCall(input: RequestInfo | URL, init: RequestInit = {}): Promise<Call | null> {
  const request = typeof Request === "function" && input instanceof Request ? input : null;
  const method = init.method ?? request?.method ?? "GET";
  const headers = new Headers(init.headers ?? request?.headers);
  if (method.toUpperCase() !== "POST" || headers.has("chatkit-disconnect")) return null;
  const body = init.body ?? (request && isJson(headers) ? await request.clone().text() : null);
  const operation = typeof body === "string" ? parse(body) : null;
  if (!operation) return null;
  const signal = init.signal ?? request?.signal;
  const inherited: RequestInit = request ? { credentials: request.credentials, mode: request.mode } : {};
  return {
    url: request?.url ?? String(input),
    init: { ...inherited, ...init, method, headers, body },
    ...operation,
    streaming: STREAMING.has(operation.operation),
    signal: signal ?? undefined,
  };
}

/** A further request about the same thread: who asks, and how, stays the same. */
export function beside(call: Call, method: "GET" | "POST", extra: Record<string, string> = {}): RequestInit {
  const headers = new Headers(call.init.headers);
  headers.delete("content-type");
  headers.set("accept", "application/json");
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  return { ...call.init, method, headers, body: null, signal: null };
}

function isJson(headers: Headers): boolean {
  return headers.get("content-type")?.startsWith("application/json") ?? false;
}

function parse(body: string): { operation: string; threadId: string | undefined } | null {
  try {
    const json: unknown = JSON.parse(body);
    const { type, params } = json as { type?: unknown; params?: { thread_id?: unknown } };
    if (typeof type !== "string") return null;
    const threadId = params?.thread_id;
    return { operation: type, threadId: typeof threadId === "string" ? threadId : undefined };
  } catch {
    return null;
  }
}
