/** Reads a widget's JSON. A server may send anything: what does not fit is as if it were absent, and nothing throws. */
import { isObject, type JsonObject } from "../protocol/json";

/** One node of a widget: its type and whatever fields it brought. */
export type Component = JsonObject;

export function kindOf(component: Component): string {
  return typeof component.type === "string" ? component.type : "";
}

/** `children` may be a list, one component, null or absent. */
export function childrenOf(component: Component): Component[] {
  const { children } = component;
  if (Array.isArray(children)) return children.filter(isObject);
  return isObject(children) ? [children] : [];
}

/** What makes a node the same one before and after an update. */
export function nameOf(component: Component): string | undefined {
  const { id, key } = component;
  if (typeof id === "string" && id !== "") return `id:${id}`;
  return typeof key === "string" && key !== "" ? `key:${key}` : undefined;
}

/** Names of siblings, each only once, so that a list can be drawn by them. */
export function namesOf(components: readonly Component[]): string[] {
  const taken = new Set<string>();
  return components.map((component, at) => {
    const wanted = nameOf(component) ?? `${kindOf(component)}:${at}`;
    const name = taken.has(wanted) ? `${wanted}:${at}` : wanted;
    taken.add(name);
    return name;
  });
}

/** Text as it is shown; numbers count as text, because templates produce them. */
export function words(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}

export function flag(value: unknown): boolean {
  return value === true;
}

/** A finite number within bounds, or nothing. */
export function number(value: unknown, least: number, most: number): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  return Math.min(Math.max(value, least), most);
}

/** `value` if it is one of `allowed`, else nothing: the styles then decide. */
export function among<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((option) => option === value);
}

/** The entry of `table` that `value` names. */
export function entry<V>(table: Readonly<Record<string, V>>, value: unknown): V | undefined {
  return typeof value === "string" && Object.hasOwn(table, value) ? table[value] : undefined;
}
