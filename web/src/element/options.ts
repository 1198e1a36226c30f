/** Checks the options that a page passes. What can be tolerated is; what cannot work gets a sentence for its developer. */
import type { ChatKitOptions } from "@openai/chatkit";
import { IntegrationError } from "./protocol/errors";
import { isObject } from "./protocol/json";

const SECTIONS = [
  "header",
  "history",
  "startScreen",
  "threadItemActions",
  "composer",
  "disclaimer",
  "entities",
  "commands",
  "widgets",
  "thread",
] as const;

/** The options as given, once they are known to be usable. Throws IntegrationError. */
export function checkOptions(value: unknown): ChatKitOptions {
  if (!isObject(value)) throw new IntegrationError("setOptions() needs an object with the options.");
  const { api } = value;
  if (!isObject(api)) {
    throw new IntegrationError(
      "The option `api` is missing: give `{ url, domainKey }` or `{ getClientSecret }`.",
    );
  }
  const hosted = typeof api.getClientSecret === "function";
  if (!hosted && (typeof api.url !== "string" || api.url === "")) {
    throw new IntegrationError("The option `api.url` is missing: the address of the ChatKit endpoint.");
  }
  if (api.fetch !== undefined && typeof api.fetch !== "function") {
    throw new IntegrationError("The option `api.fetch` is not a function.");
  }
  for (const name of SECTIONS) {
    const section = value[name];
    if (section !== undefined && section !== null && !isObject(section)) {
      throw new IntegrationError(`The option \`${name}\` is not an object.`);
    }
  }
  return value as unknown as ChatKitOptions;
}
