/**
 * Server-sent events out of arbitrary chunks. Knows the framing only, not what the data means.
 *
 * A message counts at its blank line. Comment lines are skipped: the server's heartbeat is one. A message without
 * data is none. One comment has a meaning: `: end` says that the turn has ended, where a connection merely closes.
 */
export interface Message {
  data: string;
  /** Where in its turn this message stands; absent where the server does not say. */
  id?: string;
}

const END = ": end";

export class SseParser {
  /** The stream has come to its end; whatever stops without it has broken off. */
  ended = false;

  readonly #decoder = new TextDecoder();
  #line = "";
  #data: string[] = [];
  #id: string | undefined;
  #afterReturn = false;

  /** The messages that `chunk` completes. */
  push(chunk: Uint8Array): Message[] {
    const messages: Message[] = [];
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

  #endLine(line: string, messages: Message[]): void {
    if (line !== "") {
      this.#field(line);
      return;
    }
    const data = this.#data.join("\n");
    if (data !== "") messages.push(this.#id === undefined ? { data } : { data, id: this.#id });
    this.#data = [];
    this.#id = undefined;
  }

  #field(line: string): void {
    if (line === END) this.ended = true;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "id") this.#id = value;
  }
}
