/** The list of the reader's threads: pages of it, renaming, deleting. */
import type { ProtocolClient } from "../protocol/client";
import { parseThread, type Thread } from "../protocol/events";
import type { Host } from "./host";

const PAGE = 30;

export class History {
  threads: readonly Thread[] = [];
  open = false;
  loading = false;
  /** The list could not be read, or a change was refused. */
  error: unknown = null;

  readonly #host: Host;
  readonly #client: ProtocolClient;
  #after: string | undefined;

  constructor(host: Host, client: ProtocolClient) {
    this.#host = host;
    this.#client = client;
  }

  get hasMore(): boolean {
    return this.#after !== undefined;
  }

  show(): void {
    if (this.open) return;
    this.open = true;
    this.#host.emit("chatkit.history.open");
    this.#host.changed();
    void this.reload();
  }

  hide(): void {
    if (!this.open) return;
    this.open = false;
    this.error = null;
    this.#host.emit("chatkit.history.close");
    this.#host.changed();
  }

  /** The first page anew. The list that is shown stays until it has come. */
  async reload(): Promise<void> {
    await this.#try(async () => {
      const page = await this.#client.listThreads(PAGE);
      this.threads = page.data;
      this.#after = page.after;
    });
  }

  async loadMore(): Promise<void> {
    if (this.#after === undefined || this.loading) return;
    const { threads } = this;
    await this.#try(async () => {
      const page = await this.#client.listThreads(PAGE, this.#after);
      const known = new Set(threads.map((thread) => thread.id));
      this.threads = [...threads, ...page.data.filter((thread) => !known.has(thread.id))];
      this.#after = page.after;
    });
  }

  /** The renamed thread, or null when the server refused. */
  async rename(id: string, title: string): Promise<Thread | null> {
    let renamed: Thread | null = null;
    await this.#try(async () => {
      renamed = parseThread(
        await this.#client.json({ type: "threads.update", params: { thread_id: id, title } }),
      );
      if (renamed) this.put(renamed);
    });
    return renamed;
  }

  /** Whether the thread is gone. */
  async delete(id: string): Promise<boolean> {
    return this.#try(async () => {
      await this.#client.json({ type: "threads.delete", params: { thread_id: id } });
      this.threads = this.threads.filter((thread) => thread.id !== id);
    });
  }

  /** A thread's newest form, in its place in the list; a new thread comes first. */
  put(thread: Thread): void {
    const known = this.threads.some((other) => other.id === thread.id);
    this.threads = known
      ? this.threads.map((other) => (other.id === thread.id ? thread : other))
      : [thread, ...this.threads];
    this.#host.changed();
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    this.loading = true;
    this.error = null;
    this.#host.changed();
    try {
      await work();
      return true;
    } catch (error) {
      this.error = error;
      this.#host.report(error);
      return false;
    } finally {
      this.loading = false;
      this.#host.changed();
    }
  }
}
