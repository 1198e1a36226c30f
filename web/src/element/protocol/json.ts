/** Reading untrusted JSON: each function answers with the wanted shape or nothing, and never throws. */

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objects(value: unknown): JsonObject[] {
  return list(value).filter(isObject);
}

export function strings(value: unknown): string[] {
  return list(value).filter((entry): entry is string => typeof entry === "string");
}

/** `value` if it is one of `allowed`, else the first of them. */
export function oneOf<T extends string>(value: unknown, ...allowed: [T, ...T[]]): T {
  return allowed.find((option) => option === value) ?? allowed[0];
}
