/** The reader's votes in this visit. The protocol stores votes but has no way to read them back. */
import type { ProtocolClient } from "../protocol/client";
import type { Host } from "./host";

export type Vote = "positive" | "negative";

export class Votes {
  byTurn: Readonly<Record<string, Vote>> = {};
  readonly #host: Host;
  readonly #client: ProtocolClient;

  constructor(host: Host, client: ProtocolClient) {
    this.#host = host;
    this.#client = client;
  }

  /** Shown at once, and taken back when the server refuses. */
  async cast(turn: string, threadId: string, itemIds: string[], kind: Vote): Promise<void> {
    const before = this.byTurn;
    this.#set({ ...before, [turn]: kind });
    try {
      const params = { thread_id: threadId, item_ids: itemIds, kind };
      await this.#client.json({ type: "items.feedback", params });
    } catch (error) {
      this.#set(before);
      this.#host.report(error);
    }
  }

  #set(votes: Record<string, Vote>): void {
    this.byTurn = votes;
    this.#host.changed();
  }
}
