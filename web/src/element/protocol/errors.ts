/** What can go wrong between the element and its server. `name`s follow the error names that ChatKit hosts log. */

/** The server refused: `message` is its sentence for the reader, when it gave one. */
export class RequestError extends Error {
  override readonly name: string = "RequestError";

  constructor(
    readonly status: number,
    /** What the reader may be shown. */
    readonly sentence: string | undefined,
    readonly op: string,
  ) {
    super(`${op} was answered with status ${status}`);
  }
}

/** No usable answer: connection refused, reset, or cut. */
export class ConnectionError extends Error {
  override readonly name: string = "ConnectionError";

  constructor(
    readonly op: string,
    /** Whether any part of the answer had arrived. */
    readonly midway: boolean,
    options?: ErrorOptions,
  ) {
    super(`${op}: the connection ${midway ? "broke" : "could not be made"}`, options);
  }
}

export class StreamEventParsingError extends Error {
  override readonly name = "StreamEventParsingError";
}

export class StreamError extends Error {
  override readonly name = "StreamError";
}

/** A widget cannot be drawn as it came, or asks for what cannot be. */
export class WidgetItemError extends Error {
  override readonly name = "WidgetItemError";
}

/** The page's search for entities or commands has failed. */
export class EntitySearchError extends Error {
  override readonly name = "EntitySearchError";
}

/** The page that embeds the element did something that cannot work. */
export class IntegrationError extends Error {
  override readonly name = "IntegrationError";
}
