/**
 * Splits a growing text into its top-level blocks without reading it from the start each time. Pure; knows of
 * Markdown only that what is appended can change the last blocks, and never an earlier one.
 */

interface Block {
  raw: string;
  type: string;
}

/** How many blocks at the end may still become something else: a list goes on after a blank line, for one. */
const UNSETTLED = 2;

export class GrowingBlocks<T extends Block> {
  readonly #split: (source: string) => T[];
  #settled: T[] = [];
  #settledSource = "";

  /** `split` gives the blocks of a text; their `raw` joined must be the text. */
  constructor(split: (source: string) => T[]) {
    this.#split = split;
  }

  /** All blocks of `source`. With `growing` false the text is read as a whole once more. */
  read(source: string, growing: boolean): T[] {
    if (!growing || !source.startsWith(this.#settledSource)) this.#forget();
    const rest = this.#split(source.slice(this.#settledSource.length));
    const blocks = [...this.#settled, ...rest];
    if (growing) this.#settle(rest);
    return blocks;
  }

  #settle(rest: readonly T[]): void {
    const solid = rest.flatMap((block, at) => (block.type === "space" ? [] : [at]));
    const end = solid.at(-UNSETTLED) ?? 0;
    for (const block of rest.slice(0, solid.length < UNSETTLED ? 0 : end)) {
      this.#settled.push(block);
      this.#settledSource += block.raw;
    }
  }

  #forget(): void {
    this.#settled = [];
    this.#settledSource = "";
  }
}
