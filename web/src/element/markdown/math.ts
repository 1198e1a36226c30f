/**
 * Recognises formulas (`$$…$$`, `\[…\]`, `\(…\)`), so that Markdown does not take their backslashes and underscores
 * for its own. They are shown as they were written; setting them needs fonts that this one file does not carry.
 */
import type { TokenizerAndRendererExtension } from "marked";
import { escapeHtml } from "./highlight";

/** An open formula at the end of a text that still grows is a formula already. */
const BLOCK = /^(?:\$\$(?:(?!\n\n)[^$])+?(?:\$\$|$)|\\\[(?:(?!\n\n)[\s\S])+?(?:\\\]|$))/;
const INLINE = /^(?:\$\$[^$]+?\$\$|\\\[[\s\S]+?\\\]|\\\([\s\S]+?(?:\\\)|$))/;

function formula(
  name: string,
  level: "block" | "inline",
  pattern: RegExp,
): TokenizerAndRendererExtension<string, string> {
  const opening = level === "block" ? /^(?:\$\$|\\\[)/m : /\$\$|\\[([]/;
  return {
    name,
    level,
    start: (source) => opening.exec(source)?.index,
    tokenizer(source) {
      const raw = pattern.exec(source)?.[0];
      return raw ? { type: name, raw } : undefined;
    },
    renderer: ({ raw }) => {
      const shown = `<code class="math">${escapeHtml(raw.trim())}</code>`;
      return level === "block" ? `<p>${shown}</p>` : shown;
    },
  };
}

export const FORMULAS = [formula("formulaBlock", "block", BLOCK), formula("formula", "inline", INLINE)];
