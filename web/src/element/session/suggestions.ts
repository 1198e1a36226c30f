/**
 * The menu of the composer: entities after `@`, commands after `/`. Searches are the page's; an answer that comes when
 * something else is looked for is not shown.
 */
import type { Command, Entity } from "@openai/chatkit";
import { EntitySearchError } from "../protocol/errors";
import type { Drafts } from "./draft";
import type { Host } from "./host";
import { type Query, queryAt, type Tag, token } from "./tag-text";

export interface Suggestion {
  id: string;
  label: string;
  description?: string;
  icon?: string;
  group?: string;
  choose(): void;
}

/** What the element itself offers after `/`. */
export type BuiltIn = Omit<Suggestion, "choose"> & { run(): void };

/** What the menu shows. Until the first search is over there is nothing in it. */
export interface Menu {
  items: readonly Suggestion[];
  /** The one that Enter takes. */
  active: number;
  loading: boolean;
}

export class Suggestions {
  menu: Menu | null = null;
  /** Where the caret is to stand after something was put in. */
  caret: number | null = null;

  readonly #host: Host;
  readonly #drafts: Drafts;
  #query: Query | null = null;
  #search = 0;
  #dismissed = "";

  constructor(host: Host, drafts: Drafts) {
    this.#host = host;
    this.#drafts = drafts;
  }

  /** The text or the caret has changed. */
  look(threadId: string | null, caret: number, builtIns: readonly BuiltIn[]): void {
    const { text } = this.#drafts.of(threadId);
    const query = queryAt(text, caret);
    if (!query || !this.#offers(query) || this.#dismissed === text.slice(0, caret)) {
      this.close();
      return;
    }
    if (query.query === this.#query?.query && query.start === this.#query.start) return;
    this.#query = query;
    void this.#find(threadId, query, builtIns);
  }

  close(): void {
    this.#query = null;
    this.#search += 1;
    if (this.menu) this.#show(null);
  }

  /** Until something else is written the menu stays away. */
  dismiss(threadId: string | null, caret: number): void {
    this.#dismissed = this.#drafts.of(threadId).text.slice(0, caret);
    this.close();
  }

  move(step: number): void {
    const { menu } = this;
    const count = menu?.items.length ?? 0;
    if (menu && count > 0) this.#show({ ...menu, active: (menu.active + step + count) % count });
  }

  /** False where nothing can be chosen. */
  choose(index = this.menu?.active ?? 0): boolean {
    const item = this.menu?.items[index];
    item?.choose();
    return item !== undefined;
  }

  #offers({ trigger }: Query): boolean {
    const { entities, commands } = this.#host.options;
    return trigger === "@" ? entities?.onTagSearch !== undefined : commands?.enabled === true;
  }

  async #find(threadId: string | null, query: Query, builtIns: readonly BuiltIn[]): Promise<void> {
    this.#search += 1;
    const search = this.#search;
    this.#show({ items: this.menu?.items ?? [], active: 0, loading: true });
    const found =
      query.trigger === "@" ? this.#entities(threadId, query) : this.#commands(threadId, query, builtIns);
    const items = await found.catch((cause: unknown) => {
      this.#host.report(new EntitySearchError("the page's search has failed", { cause }));
      return [];
    });
    if (search === this.#search) this.#offer(items);
  }

  async #entities(threadId: string | null, query: Query): Promise<Suggestion[]> {
    const found = (await this.#host.options.entities?.onTagSearch?.(query.query)) ?? [];
    return found.map((entity) => ({
      id: entity.id,
      label: entity.title,
      icon: entity.icon,
      group: entity.group,
      choose: () => this.#insert(threadId, query, entity),
    }));
  }

  async #commands(
    threadId: string | null,
    query: Query,
    builtIns: readonly BuiltIn[],
  ): Promise<Suggestion[]> {
    const word = query.query.toLowerCase();
    const own = builtIns.filter(({ label }) => label.toLowerCase().includes(word));
    const found = (await this.#host.options.commands?.onSearch?.(query.query)) ?? [];
    const run = (builtIn: BuiltIn) => () => {
      this.#remove(threadId, query);
      builtIn.run();
    };
    return [
      ...found.map((command) => this.#command(threadId, query, command)),
      ...own.map((builtIn) => ({ ...builtIn, choose: run(builtIn) })),
    ];
  }

  #command(threadId: string | null, query: Query, command: Command): Suggestion {
    return { ...command, choose: () => void this.#select(threadId, query, command) };
  }

  /** What is left of the query goes at once; what the command leads to may take its time. */
  async #select(threadId: string | null, query: Query, command: Command): Promise<void> {
    this.#remove(threadId, query);
    const search = this.#search;
    const rest = { ...query, query: "", start: query.start, length: 0 };
    try {
      const next = await this.#host.options.commands?.onSelect?.(command);
      if (!next || search !== this.#search) return;
      if (next.type === "entity") this.#insert(threadId, rest, next.entity);
      else this.#offer(next.commands.map((one) => this.#command(threadId, rest, one)));
    } catch (cause) {
      this.#host.report(new EntitySearchError("the page's command has failed", { cause }));
    }
  }

  #insert(threadId: string | null, query: Query & { length?: number }, entity: Entity): void {
    const { id, title, group, data, interactive } = entity;
    const tag: Tag = { type: "input_tag", id, text: title, group, data: data ?? {}, interactive };
    const { tags } = this.#drafts.of(threadId);
    const others = tags.filter((other) => other.text !== tag.text);
    this.#replace(threadId, query, `${token(tag)} `);
    this.#drafts.change(threadId, { tags: [...others, tag] });
  }

  #remove(threadId: string | null, query: Query): void {
    this.#replace(threadId, query, "");
  }

  #replace(threadId: string | null, query: Query & { length?: number }, by: string): void {
    const { text } = this.#drafts.of(threadId);
    const { start, length = query.query.length + 1 } = query;
    this.close();
    this.caret = start + by.length;
    this.#drafts.change(threadId, {
      text: text.slice(0, start) + by + text.slice(start + length).replace(/^ /, ""),
    });
  }

  #offer(items: readonly Suggestion[]): void {
    this.#show({ items, active: 0, loading: false });
  }

  #show(menu: Menu | null): void {
    this.menu = menu;
    this.#host.changed();
  }
}
