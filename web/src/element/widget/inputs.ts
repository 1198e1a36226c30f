/** Fields that are written in: Input, Textarea, editable Text. */
import { html } from "lit";
import { live } from "lit/directives/live.js";
import { isObject } from "../protocol/json";
import { type Attributes, attributes } from "../view/attributes";
import { SIZES } from "./button";
import { among, type Component, flag, number, words } from "./component";
import type { Context, Drawn } from "./context";
import { domId } from "./dom-id";
import { fieldKey } from "./fields";
import { styled } from "./styled";
import { textStyles } from "./text-styles";

const GUTTERS = ["2xs", "xs", "sm", "md", "lg", "xl"] as const;
const INPUT_TYPES = ["text", "number", "email", "password", "tel", "url"] as const;

export function input(component: Component, context: Context): Drawn {
  const own = {
    type: among(component.inputType, INPUT_TYPES) ?? "text",
    step: component.inputType === "number" ? "any" : undefined,
    pattern: words(component.pattern) || undefined,
  };
  return html`<input
    class="field ${look(component)}"
    data-component="Input"
    ${attributes({ ...shared(component, component, context), ...own })}
    .value=${live(context.stage.fields.text(component, context.form))}
    @input=${(event: Event) => enter(component, context, event)}
    @focus=${(event: Event) => select(component, event)}
    @keydown=${submitOnEnter}
  />`;
}

export function textarea(component: Component, context: Context): Drawn {
  const rows = number(component.rows, 1, 40) ?? 3;
  const most = number(component.maxRows, 1, 60);
  const lines = (count: number | undefined) => (count ? `calc(${count}lh + 1.2em)` : undefined);
  return area(component, component, context, `field area ${look(component)}`, {
    grows: flag(component.autoResize),
    styles: { "min-height": lines(rows), "max-height": lines(most) },
  });
}

/** Text that can be changed where it stands. */
export function editableText(component: Component, context: Context): Drawn {
  const editable = isObject(component.editable) ? component.editable : {};
  const classes = `text editable text-${among(component.size, ["xs", "sm", "md", "lg", "xl"]) ?? "md"}`;
  const styles = textStyles(component);
  const lines = Math.max(number(component.minLines, 1, 100) ?? 1, number(component.maxLines, 1, 100) ?? 1);
  if (lines > 1) return area(component, editable, context, classes, { grows: true, styles });
  const own = { type: "text", pattern: words(editable.pattern) || undefined };
  return html`<input
    class=${classes}
    data-component="Text"
    ${attributes({ ...shared(component, editable, context), ...own })}
    .value=${live(context.stage.fields.text(component, context.form))}
    @input=${(event: Event) => enter(component, context, event)}
    @focus=${(event: Event) => select(editable, event)}
    @keydown=${submitOnEnter}
    ${styled(styles)}
  />`;
}

interface Area {
  grows: boolean;
  styles: Readonly<Record<string, string | undefined>>;
}

/** `options` is where the field's settings are: the component itself, or what makes its text editable. */
function area(
  component: Component,
  options: Component,
  context: Context,
  classes: string,
  { grows, styles }: Area,
) {
  const pattern = words(options.pattern);
  const written = (event: Event) => {
    enter(component, context, event);
    checkPattern(event.target as HTMLTextAreaElement, pattern, context.stage.strings.patternMismatch);
  };
  return html`<textarea
    class="${classes} ${grows ? "grows" : ""}"
    rows="1"
    data-component=${words(component.type)}
    ${attributes({ ...shared(component, options, context), "data-pattern": pattern || undefined })}
    .value=${live(context.stage.fields.text(component, context.form))}
    @input=${written}
    @focus=${(event: Event) => select(options, event)}
    ${styled(styles)}
  ></textarea>`;
}

function shared(component: Component, options: Component, { stage, form }: Context): Attributes {
  const name = words(options.name);
  const fills = flag(options.allowAutofillExtensions);
  return {
    id: domId({ form }, name),
    dir: "auto",
    "data-field": fieldKey(component, form),
    "data-autofocus": flag(options.autoFocus) && stage.live,
    placeholder: words(options.placeholder) || undefined,
    autocomplete: words(options.autoComplete) || (fills ? undefined : "off"),
    // Password managers offer themselves in every field unless they are told not to.
    "data-1p-ignore": !fills,
    "data-lpignore": fills ? undefined : "true",
    "aria-label": stage.isLabelled(name) ? undefined : words(options.placeholder) || name,
    required: flag(options.required),
    disabled: flag(component.disabled),
  };
}

function look(component: Component): string {
  const variant = among(component.variant, ["soft", "outline"]) ?? "outline";
  const size = among(component.size, SIZES) ?? "md";
  const gutter = among(component.gutterSize, GUTTERS);
  return `${variant} size-${size} ${gutter ? `gutter-${gutter}` : ""} ${flag(component.pill) ? "pill" : ""}`;
}

function enter(component: Component, { stage, form }: Context, event: Event): void {
  stage.fields.enter(component, form, (event.target as HTMLInputElement | HTMLTextAreaElement).value);
}

function select(options: Component, event: Event): void {
  if (flag(options.autoSelect)) (event.target as HTMLInputElement | HTMLTextAreaElement).select();
}

/** Browsers know patterns for one-line fields only. */
export function checkPattern(field: HTMLTextAreaElement, pattern: string, complaint: string): void {
  field.setCustomValidity(
    pattern !== "" && field.value !== "" && !fits(field.value, pattern) ? complaint : "",
  );
}

function fits(value: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "v").test(value);
  } catch {
    // A pattern that is none is no condition, as in browsers.
    return true;
  }
}

/** Enter submits even where the form has no button for it. */
function submitOnEnter(event: KeyboardEvent): void {
  const { target } = event;
  if (event.key !== "Enter" || event.isComposing || !(target instanceof HTMLInputElement)) return;
  event.preventDefault();
  target.form?.requestSubmit();
}
