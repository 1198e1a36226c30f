/**
 * Server-sent events out of arbitrary chunks. Knows the framing only, not what the data means.
 *
 * A message counts at its blank line. Comment lines are skipped: the server's heartbeat is one. A message without
 * data is none.
 */
export class SseParser {
  readonly #decoder = new TextDecoder();
  #line = "";
  #data: string[] = [];
  #afterReturn = false;

  /** The data of each message that `chunk` completes. */
  push(chunk: Uint8Array): string[] {
    const messages: string[] = [];
    let start = 0;
    const received = this.#decoder.decode(chunk, { stream: true });
    for (let at = 0; at < received.length; at += 1) {
      const character = received[at];
      if (character !== "\n" && character !== "\r") {
        this.#afterReturn = false;
        continue;
      }
      const secondOfPair = character === "\n" && this.#afterReturn;
      this.#afterReturn = character === "\r";
      if (!secondOfPair) this.#endLine(this.#line + received.slice(start, at), messages);
      this.#line = "";
      start = at + 1;
    }
    this.#line += received.slice(start);
    return messages;
  }

  #endLine(line: string, messages: string[]): void {
    if (line !== "") {
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      if (field === "data") this.#data.push(colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, ""));
      return;
    }
    const data = this.#data.join("\n");
    this.#data = [];
    if (data !== "") messages.push(data);
  }
}
