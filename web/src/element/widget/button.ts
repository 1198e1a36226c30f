/** Button, and the look that it shares with the buttons of cards. */
import { html, nothing } from "lit";
import { namedIcon } from "../icons/icon";
import { isObject } from "../protocol/json";
import { among, type Component, entry, flag, words } from "./component";
import { ICON_SIZES } from "./content";
import type { Context, Drawn } from "./context";

export const VARIANTS = ["solid", "soft", "outline", "ghost"] as const;
export const SIZES = ["3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl"] as const;
const HUES = [
  "primary",
  "secondary",
  "info",
  "discovery",
  "success",
  "caution",
  "warning",
  "danger",
] as const;

export interface Look {
  text: string;
  variant?: (typeof VARIANTS)[number];
  hue?: (typeof HUES)[number];
  size?: (typeof SIZES)[number];
  pill?: boolean;
  uniform?: boolean;
  block?: boolean;
  start?: string;
  end?: string;
  iconSize?: number;
  submit?: boolean;
  disabled?: boolean;
  waiting?: boolean;
  /** Its name where it has no text. */
  label?: string;
  testId?: string;
  press?: (event: MouseEvent) => void;
}

export function control(look: Look): Drawn {
  const { text, variant = "solid", hue = "primary", size = "md", iconSize = 16 } = look;
  const flags = (["pill", "uniform", "block"] as const).filter((name) => look[name]).join(" ");
  return html`<button
    type=${look.submit ? "submit" : "button"}
    class="control ${variant} hue-${hue} size-${size} ${flags} ${look.waiting ? "waiting" : ""}"
    ?disabled=${look.disabled === true || look.waiting === true}
    aria-busy=${look.waiting ? "true" : nothing}
    aria-label=${text === "" && look.label ? look.label : nothing}
    data-component="Button"
    data-testid=${look.testId ?? nothing}
    @click=${look.press}
  >
    ${look.start ? namedIcon(look.start, iconSize) : nothing}
    ${text ? html`<span dir="auto">${text}</span>` : nothing}
    ${look.end ? namedIcon(look.end, iconSize) : nothing}
  </button>`;
}

export function button(component: Component, context: Context): Drawn {
  const { stage, path, form } = context;
  const action = component.onClickAction;
  const submit = flag(component.submit);
  const preset = component.style === "secondary" ? "secondary" : "primary";
  const press = (event: MouseEvent) => {
    // The second press of a double click is not meant; the keyboard counts none.
    if (event.detail > 1) return event.preventDefault();
    if (isObject(action)) stage.trigger({ path, action, occasion: "click", form });
  };
  return control({
    text: words(component.label),
    variant: among(component.variant, VARIANTS) ?? (preset === "secondary" ? "soft" : "solid"),
    hue: among(component.color, HUES) ?? preset,
    size: among(component.size, SIZES) ?? "md",
    pill: flag(component.pill),
    uniform: flag(component.uniform),
    block: flag(component.block),
    start: words(component.iconStart) || undefined,
    end: words(component.iconEnd) || undefined,
    iconSize: entry(ICON_SIZES, component.iconSize),
    label: (words(component.iconStart) || words(component.iconEnd)).replaceAll("-", " "),
    submit,
    disabled:
      flag(component.disabled) ||
      (isObject(action) && stage.isBlocked(action)) ||
      cannotSubmit(submit, context),
    waiting: stage.isWaiting(path) || (submit && form !== null && stage.isWaiting(form.path)),
    press,
  });
}

function cannotSubmit(submit: boolean, { stage, form }: Context): boolean {
  if (!submit || !form) return false;
  const { onSubmitAction, confirm } = form.component;
  const action = isObject(confirm) ? confirm.action : onSubmitAction;
  return isObject(action) && stage.isBlocked(action);
}
