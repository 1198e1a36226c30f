/** Which files the `composer.attachments` option lets in. A convenience for the reader: the server has its own rules. */
import type { ComposerOption } from "@openai/chatkit";

type AttachmentsOption = NonNullable<ComposerOption["attachments"]>;

export const DEFAULT_SIZE = 100 * 1024 * 1024;
export const DEFAULT_COUNT = 10;

export interface FileRefusal {
  name: string;
  reason: "too-many" | "too-large" | "empty" | "wrong-kind";
  /** Files, or bytes, that would be allowed. */
  limit?: number;
}

/** Why a file cannot be added to `count` others; null where it can. */
export function refusal(file: File, count: number, option: AttachmentsOption): FileRefusal | null {
  const { name } = file;
  const most = option.maxCount ?? DEFAULT_COUNT;
  if (count >= most) return { name, reason: "too-many", limit: most };
  if (!isAccepted(file, option.accept)) return { name, reason: "wrong-kind" };
  if (file.size === 0) return { name, reason: "empty" };
  const limit = largest(file.type, option.maxSize);
  return file.size > limit ? { name, reason: "too-large", limit } : null;
}

/** The `accept` of a file field; empty for anything. */
export function acceptList(accept: AttachmentsOption["accept"]): string {
  return Object.entries(accept ?? {})
    .flatMap(([type, extensions]) => [type, ...extensions])
    .join(",");
}

function isAccepted(file: File, accept: AttachmentsOption["accept"]): boolean {
  const entries = Object.entries(accept ?? {});
  const name = file.name.toLowerCase();
  // Many systems do not know a file's type; its extension then decides.
  return (
    entries.length === 0 ||
    entries.some(
      ([type, extensions]) =>
        matches(file.type, type) || extensions.some((extension) => name.endsWith(extension.toLowerCase())),
    )
  );
}

/** The most specific entry wins: the type, its family, then what holds for all others. */
function largest(type: string, maxSize: AttachmentsOption["maxSize"]): number {
  if (maxSize === undefined || typeof maxSize === "number") return maxSize ?? DEFAULT_SIZE;
  const fits = Object.keys(maxSize).filter((pattern) => matches(type, pattern));
  const [best] = fits.sort((a, b) => specificity(b) - specificity(a));
  return (best === undefined ? undefined : maxSize[best]) ?? DEFAULT_SIZE;
}

function matches(type: string, pattern: string): boolean {
  if (pattern === "*" || pattern === "" || pattern === "*/*") return true;
  if (pattern.endsWith("/*")) return type.startsWith(pattern.slice(0, -1));
  return type === pattern;
}

function specificity(pattern: string): number {
  if (pattern === "" || pattern.startsWith("*")) return 0;
  return pattern.endsWith("/*") ? 1 : 2;
}
