/** The names that a client which resumes and this server agree on: headers, and routes beside the endpoint. */

/** "This client cancels explicitly": a connection that drops then ends nothing. */
export const DETACHING = { "chatkit-disconnect": "detach" } as const;

/** A place in the events of a turn: `turn_…:7` stands for the first seven. */
export type Position = string;

/** A turn whose events can be had again, from any place on. */
export interface RunningTurn {
  threadId: string;
  position: Position;
}

/** What a streaming response says about its turn; null where the server does not offer to resume. */
export function turnOf(response: Response): RunningTurn | null {
  const threadId = response.headers.get("chatkit-thread");
  const position = positionOf(response);
  return response.ok && isEventStream(response) && threadId && position ? { threadId, position } : null;
}

/** The place that a response stands for: a stream for the beginning of its turn, a page of items for what is in it. */
export function positionOf(response: Response): Position | null {
  const turn = response.headers.get("chatkit-turn");
  if (!turn) return null;
  return turn.includes(":") ? turn : `${turn}:0`;
}

export function isEventStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

/** `url` may be relative, end with a slash, and have a query, which stays. */
export function threadRoute(url: string, threadId: string, name: "events" | "cancel"): string {
  const [, path = "", query = ""] = /^([^?#]*)(\?[^#]*)?/.exec(url) ?? [];
  return `${path.replace(/\/$/, "")}/threads/${encodeURIComponent(threadId)}/${name}${query}`;
}
