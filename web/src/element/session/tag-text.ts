/**
 * Tags in what the reader writes. A tag stands in the text as `@` and its name, where it can be edited like any other
 * text; a name that is no longer there is no longer meant. Pure.
 */
import type { UserMessageContent } from "@openai/chatkit";

export type Tag = UserMessageContent & { type: "input_tag" };

export function token({ text }: Pick<Tag, "text">): string {
  return `@${text}`;
}

/** The text in parts: what is plain, and the tags in it. Their texts together are the text again. */
export function parts(text: string, tags: readonly Tag[]): (string | Tag)[] {
  // Of two names that begin alike the longer one is meant.
  const known = [...tags].filter((tag) => tag.text !== "").sort((a, b) => b.text.length - a.text.length);
  const found: (string | Tag)[] = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const tag = known.find((one) => text.startsWith(token(one), at));
    if (!tag) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) found.push(plain);
    found.push(tag);
    plain = "";
    at += token(tag).length;
  }
  if (plain) found.push(plain);
  return found;
}

/** As a message: white space around it is not meant. */
export function toContent(text: string, tags: readonly Tag[]): UserMessageContent[] {
  return parts(text.trim(), tags).map((part) =>
    typeof part === "string" ? { type: "input_text", text: part } : part,
  );
}

export function fromContent(content: readonly UserMessageContent[]): { text: string; tags: Tag[] } {
  const tags = content.filter((part): part is Tag => part.type === "input_tag");
  let text = "";
  for (const part of content) {
    const next = part.type === "input_tag" ? token(part) : part.text;
    // Parts that were sent apart are not to grow together.
    const apart = text !== "" && !/\s$/.test(text) && !/^[\s.,;:!?)]/.test(next);
    text += apart ? ` ${next}` : next;
  }
  return { text: text.trim(), tags };
}

/** What is being looked for at the caret: `@` anywhere a word begins, `/` at the very start. */
export interface Query {
  trigger: "@" | "/";
  query: string;
  /** Where the trigger stands. */
  start: number;
}

const LONGEST = 80;

export function queryAt(text: string, caret: number): Query | null {
  const before = text.slice(Math.max(0, caret - LONGEST), caret);
  const offset = caret - before.length;
  const [, gap = "", trigger, query = ""] = /(^|\s)([@/])([^\s@]*)$/.exec(before) ?? [];
  if (trigger !== "@" && trigger !== "/") return null;
  const start = caret - query.length - 1;
  const atStart = offset === 0 && gap === "" && start === 0;
  if (trigger === "/" && !atStart) return null;
  // Cut off by the longest query, `^` would not be the beginning of anything.
  if (gap === "" && !atStart) return null;
  return { trigger, query, start };
}
