/**
 * The door for CSS from a server. Each value is set as one style property, and those properties load nothing; values
 * that could end a declaration or name an address are refused all the same.
 */

const LONGEST = 120;
/** Backslashes too: an escape can spell any of the other words. */
const REFUSED = /url\s*\(|image|expression|element\s*\(|src\s*\(|attr\s*\(|[;{}\\@]|\/\*/i;

/** A CSS value as given, if it is one value and loads nothing. */
export function cssValue(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > LONGEST || REFUSED.test(value)) return undefined;
  return value.trim() || undefined;
}
