/**
 * Makes the growing end of a Markdown text readable before it is complete, so that nothing on the screen flips from
 * one meaning to another when the next characters arrive. Pure; for text that is still streaming only.
 */

/** `source` with an unfinished end closed, or held back where its meaning is not decided yet. */
export function completeTail(source: string): string {
  if (endsInFence(source)) return source.replace(/\n[ \t]*(`{1,2}|~{1,2})$/, "");
  const start = startOfLastBlock(source);
  const block = holdBack(source.slice(start));
  return source.slice(0, start) + closeInline(block);
}

function endsInFence(source: string): boolean {
  let fence: string | null = null;
  for (const line of source.split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (!mark?.[1]) continue;
    if (fence === null) fence = mark[1];
    else if (mark[1].startsWith(fence) && mark[2]?.trim() === "") fence = null;
  }
  return fence !== null;
}

function startOfLastBlock(source: string): number {
  const gap = source.lastIndexOf("\n\n");
  return gap < 0 ? 0 : gap + 2;
}

/** Takes away a last line that may turn out to be a marker, and a table whose columns are not known yet. */
function holdBack(block: string): string {
  const lines = block.split("\n");
  const last = lines.at(-1) ?? "";
  if (/^\s*([-*+_=#>~`]+|\||\d{1,9}[.)]?)\s*$/.test(last)) lines.pop();
  const rows = lines.length - 1 - lines.findLastIndex((line) => !line.trimStart().startsWith("|"));
  const undecided = rows === 1 || (rows === 2 && !isDelimiterFor(lines.at(-2) ?? "", lines.at(-1) ?? ""));
  if (undecided) lines.splice(lines.length - rows);
  return lines.join("\n");
}

function isDelimiterFor(header: string, row: string): boolean {
  return /^\s*\|(\s*:?-+:?\s*\|)+\s*$/.test(row) && header.split("|").length === row.split("|").length;
}

/** Closes code, emphasis and links that are open at the end. */
function closeInline(block: string): string {
  const text = dropOpenLink(block);
  const code = openCode(text);
  if (code === text.length - 1) return text.slice(0, -1);
  if (code !== null) return `${text}\``;
  return closeEmphasis(text);
}

function dropOpenLink(text: string): string {
  return text
    .replace(/!\[[^\]\n]*(\]\([^)\s]*)?$/, "")
    .replace(/\[([^\]\n]*)\]\([^)\n]*$/, "$1")
    .replace(/\[(?![ xX]?$)([^\]\n]*)$/, "$1");
}

/** Where a code span opens that is not closed, or null. */
function openCode(text: string): number | null {
  let open: number | null = null;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\" && open === null) at += 1;
    else if (text[at] === "`") open = open === null ? at : null;
  }
  return open;
}

function closeEmphasis(text: string): string {
  const open: string[] = [];
  const plain = text.replace(/`[^`]*`|\\./g, (hidden) => " ".repeat(hidden.length));
  for (const { 0: mark, index } of plain.matchAll(/\*\*|~~|\*/g)) {
    const before = plain[index - 1] ?? "\n";
    const after = plain[index + mark.length] ?? "";
    if (open.at(-1) === mark && /\S/.test(before)) open.pop();
    else if (after === "" || /\S/.test(after)) open.push(mark);
  }
  let closed = text;
  for (const mark of open.reverse()) {
    closed = closed.endsWith(mark) ? closed.slice(0, -mark.length) : closed.trimEnd() + mark;
  }
  return closed;
}
