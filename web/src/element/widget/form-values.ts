/** What an action carries: its own payload, and the values of the form that it was pressed in. Pure. */
import { isObject, type JsonObject } from "../protocol/json";
import { type Component, childrenOf, flag, kindOf } from "./component";
import type { Form } from "./context";
import { type Fields, fieldName } from "./fields";

/** Name and value of each field of the form. Forms within it keep theirs to themselves. */
export function formValues(form: Form, fields: Fields): [name: string, value: unknown][] {
  const found: [string, unknown][] = [];
  collect(form.component, form, fields, found, 0);
  return found;
}

const DEEPEST = 60;

function collect(
  component: Component,
  form: Form,
  fields: Fields,
  found: [string, unknown][],
  depth: number,
) {
  if (depth > DEEPEST) return;
  for (const child of childrenOf(component)) {
    const name = fieldName(child);
    if (name !== "" && !flag(child.disabled)) found.push([name, fields.value(child, form)]);
    if (!isForm(child)) collect(child, form, fields, found, depth + 1);
  }
}

export function isForm(component: Component): boolean {
  return kindOf(component) === "Form" || (kindOf(component) === "Card" && flag(component.asForm));
}

/**
 * The payload with the values put in; dots in a name lead into objects. What the payload says already stays, and the
 * names of the values that had to give way are returned. Fields without a value are absent.
 */
export function withValues(
  payload: unknown,
  values: readonly (readonly [name: string, value: unknown])[],
): { payload: JsonObject | undefined; conflicts: string[] } {
  const given = isObject(payload) ? structuredClone(payload) : undefined;
  const result: JsonObject = given ?? {};
  const conflicts = values.filter(
    ([name, value]) => value !== undefined && !put(result, name, value, payload),
  );
  const empty = given === undefined && Object.keys(result).length === 0;
  return { payload: empty ? undefined : result, conflicts: conflicts.map(([name]) => name) };
}

/** False where `original`, the payload as the action has it, says something else at this place. */
function put(target: JsonObject, name: string, value: unknown, original: unknown): boolean {
  const steps = name.split(".");
  if (steps.some((step) => NEVER.has(step))) return false;
  const last = steps.pop() ?? "";
  let at = target;
  let before = original;
  for (const step of steps) {
    const next = Object.hasOwn(at, step) ? at[step] : {};
    if (!isObject(next)) return false;
    at[step] = next;
    at = next;
    before = isObject(before) && Object.hasOwn(before, step) ? before[step] : undefined;
  }
  if (isObject(before) && Object.hasOwn(before, last)) return false;
  at[last] = value;
  return true;
}

/** Would reach into the objects' prototypes. */
const NEVER = new Set(["__proto__", "constructor", "prototype"]);
