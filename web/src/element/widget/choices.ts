/** Fields in which something is chosen: Select, DatePicker, Checkbox, RadioGroup. */
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { Calendar, Check, ChevronDown, X } from "lucide";
import { icon } from "../icons/icon";
import { isObject, objects } from "../protocol/json";
import { attributes } from "../view/attributes";
import { SIZES, VARIANTS } from "./button";
import { among, type Component, flag, words } from "./component";
import type { Context, Drawn } from "./context";
import { domId } from "./dom-id";
import { day, type FieldValue, fieldKey } from "./fields";

export function select(component: Component, context: Context): Drawn {
  const { stage, form } = context;
  const value = stage.fields.text(component, form);
  const options = objects(component.options);
  const chosen = options.find((option) => words(option.value) === value);
  const about = chosen ? words(chosen.description) : "";
  const id = domId(context, words(component.name));
  const placeholder = words(component.placeholder) || stage.strings.choose;
  const pick = (event: Event) =>
    change(component, context, (event.target as HTMLSelectElement).value || undefined);
  return html`<span class="choice ${look(component)}" data-component="Select">
    <select
      class=${chosen ? "" : "empty"}
      aria-describedby=${about ? `${id}-about` : nothing}
      ${attributes({ ...shared(component, context), id })}
      .value=${live(chosen ? value : "")}
      @change=${pick}
    >
      <option value="" ?selected=${!chosen} ?disabled=${!flag(component.clearable)} hidden>${placeholder}</option>
      ${options.map(
        (option) => html`<option
          value=${words(option.value)}
          ?selected=${option === chosen}
          ?disabled=${flag(option.disabled)}
        >${described(option)}</option>`,
      )}
    </select>
    ${icon(ChevronDown, 16)} ${clearer(component, context, chosen !== undefined)}
    ${about ? html`<span class="about" id="${id}-about" dir="auto">${about}</span>` : nothing}
  </span>`;
}

function described(option: Component): string {
  const [label, about] = [words(option.label) || words(option.value), words(option.description)];
  return about ? `${label} – ${about}` : label;
}

export function datePicker(component: Component, context: Context): Drawn {
  const { stage, form } = context;
  const value = stage.fields.text(component, form);
  const own = {
    id: domId(context, words(component.name)),
    type: "date",
    min: day(component.min),
    max: day(component.max),
  };
  const pick = (event: Event) => {
    const field = event.target as HTMLInputElement;
    if (field.validity.badInput) return;
    change(component, context, field.value || undefined);
  };
  const placeholder = value === "" ? words(component.placeholder) : "";
  return html`<span class="choice date ${look(component)} ${placeholder ? "named" : ""}" data-component="DatePicker">
    <input
      ${attributes({ ...shared(component, context), ...own })}
      .value=${live(value)}
      @change=${pick}
      @click=${(event: Event) => openCalendar(event.target as HTMLInputElement)}
    />
    ${placeholder ? html`<span class="placeholder" aria-hidden="true">${placeholder}</span>` : nothing}
    ${icon(Calendar, 16)} ${clearer(component, context, value !== "")}
  </span>`;
}

/** The whole field opens it, not only its small sign. */
function openCalendar(field: HTMLInputElement): void {
  try {
    field.showPicker();
  } catch {
    // Not in a frame of another origin; the date can be typed.
  }
}

export function checkbox(component: Component, context: Context): Drawn {
  const { stage, form } = context;
  const label = words(component.label);
  const pick = (event: Event) => change(component, context, (event.target as HTMLInputElement).checked);
  return html`<label class="option" data-component="Checkbox">
    <span class="tick">
      <input
        type="checkbox"
        ${attributes({ ...shared(component, context), id: domId(context, words(component.name)) })}
        aria-label=${label ? nothing : words(component.name)}
        .checked=${live(stage.fields.value(component, form) === true)}
        @change=${pick}
      />
      ${icon(Check, 12)}
    </span>
    ${label ? html`<span dir="auto">${label}</span>` : nothing}
  </label>`;
}

export function radioGroup(component: Component, context: Context): Drawn {
  const { stage, form } = context;
  const value = stage.fields.text(component, form);
  const key = fieldKey(component, form);
  const direction = among(component.direction, ["row", "col"]) === "row" ? "row" : "column";
  const { onChangeAction } = component;
  const disabled =
    flag(component.disabled) || stage.isWaiting(context.path) || stage.isBlocked(onChangeAction);
  return html`<div
    role="radiogroup"
    class="radios ${direction}"
    data-component="RadioGroup"
    id=${domId(context, words(component.name))}
    aria-label=${words(component.ariaLabel) || words(component.name)}
    aria-required=${flag(component.required)}
  >
    ${objects(component.options).map(
      (option) => html`<label class="option">
        <span class="tick round">
          <input
            type="radio"
            name=${`radio-${key}`}
            data-field="${key}=${words(option.value)}"
            value=${words(option.value)}
            ?required=${flag(component.required)}
            ?disabled=${disabled || flag(option.disabled)}
            .checked=${live(words(option.value) === value)}
            @change=${() => change(component, context, words(option.value))}
          />
        </span>
        <span dir="auto">${words(option.label) || words(option.value)}</span>
      </label>`,
    )}
  </div>`;
}

function shared(component: Component, { stage, path, form }: Context) {
  const name = words(component.name);
  const waiting = stage.isWaiting(path);
  const named = stage.isLabelled(name) || component.type === "Checkbox";
  return {
    "data-field": fieldKey(component, form),
    "aria-label": named ? undefined : words(component.placeholder) || name,
    "aria-busy": waiting ? "true" : undefined,
    required: flag(component.required),
    disabled: flag(component.disabled) || waiting || stage.isBlocked(component.onChangeAction),
  };
}

function clearer(component: Component, context: Context, chosen: boolean): Drawn {
  if (!flag(component.clearable) || !chosen || flag(component.disabled)) return nothing;
  const name = words(component.placeholder) || words(component.name);
  return html`<button
    type="button"
    class="clear"
    aria-label=${context.stage.strings.clear(name)}
    title=${context.stage.strings.clear(name)}
    @click=${() => change(component, context, undefined)}
  >
    ${icon(X, 14)}
  </button>`;
}

function look(component: Component): string {
  const variant = among(component.variant, VARIANTS) ?? "outline";
  const size = among(component.size, SIZES) ?? "md";
  return `${variant} size-${size} ${flag(component.pill) ? "pill" : ""} ${flag(component.block) ? "block" : ""}`;
}

function change(component: Component, { stage, path, form }: Context, value: FieldValue): void {
  stage.fields.enter(component, form, value);
  const action = component.onChangeAction;
  stage.changed();
  if (!isObject(action)) return;
  stage.trigger({ path, action, occasion: "change", form, own: [words(component.name), value] });
}
