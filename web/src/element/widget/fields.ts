/**
 * What the reader has entered into a widget. It is kept beside the widget's tree and not in it, so that it survives
 * whatever the server does to the tree, as long as the field keeps its id, key or name.
 */
import { type Component, kindOf, nameOf } from "./component";
import type { Form } from "./context";

export type FieldValue = string | boolean | undefined;

export class Fields {
  readonly #entered = new Map<string, FieldValue>();

  /** What the field holds: what was entered, else what the server gave. Undefined: nothing chosen. */
  value(field: Component, form: Form | null): FieldValue {
    const key = fieldKey(field, form);
    return this.#entered.has(key) ? this.#entered.get(key) : initial(field);
  }

  text(field: Component, form: Form | null): string {
    const value = this.value(field, form);
    return typeof value === "string" ? value : "";
  }

  enter(field: Component, form: Form | null, value: FieldValue): void {
    this.#entered.set(fieldKey(field, form), value);
  }
}

/** Names one field of a widget, over updates. Without id or key it is the one of its name in its form. */
export function fieldKey(field: Component, form: Form | null): string {
  return nameOf(field) ?? `${form?.path ?? ""}/${fieldName(field)}`;
}

/** The name under which a component's value is sent; empty for one that holds none. */
export function fieldName(component: Component): string {
  const named = kindOf(component) === "Text" ? component.editable : component;
  if (!FIELDS.has(kindOf(component)) || typeof named !== "object" || named === null) return "";
  const { name } = named as Component;
  return typeof name === "string" ? name : "";
}

const FIELDS = new Set(["Text", "Input", "Textarea", "Select", "DatePicker", "Checkbox", "RadioGroup"]);

function initial(field: Component): FieldValue {
  const { value, defaultValue, defaultChecked } = field;
  switch (kindOf(field)) {
    case "Text":
      return typeof value === "string" ? value : "";
    case "Checkbox":
      return defaultChecked === true;
    case "Select":
      return typeof defaultValue === "string" && defaultValue !== "" ? defaultValue : undefined;
    case "DatePicker":
      return typeof defaultValue === "string" ? day(defaultValue) : undefined;
    default:
      return typeof defaultValue === "number" ? String(defaultValue) : words(defaultValue);
  }
}

const words = (value: unknown) => (typeof value === "string" ? value : "");

/** The day of an ISO date or time, as it stands there: a calendar day has no time zone. */
export function day(value: unknown): string | undefined {
  return /^\d{4}-\d{2}-\d{2}/.exec(words(value))?.[0];
}
