import type { Context } from "./context";

/** The element id of the field with this name, by which a Label of the same form finds it. */
export function domId({ form }: Pick<Context, "form">, name: string): string {
  return `field-${form?.path ?? ""}-${name}`;
}
