/** Components that show something small: Badge, Icon, Image. And the status line of roots. */
import { html, nothing } from "lit";
import { namedIcon } from "../icons/icon";
import { isObject } from "../protocol/json";
import { isLoadable } from "../view/loadable";
import { blockStyles } from "./box-styles";
import { color } from "./colors";
import { among, type Component, entry, flag, words } from "./component";
import type { Drawn } from "./context";
import { factor } from "./style-values";
import { styled } from "./styled";

export function badge(component: Component): Drawn {
  const hue = among(component.color, ["secondary", "success", "danger", "warning", "info", "discovery"]);
  const variant = among(component.variant, ["solid", "soft", "outline"]) ?? "soft";
  const size = among(component.size, ["sm", "md", "lg"]) ?? "sm";
  return html`<span
    class="badge ${variant} hue-${hue ?? "secondary"} badge-${size} ${flag(component.pill) ? "pill" : ""}"
    data-component="Badge"
    dir="auto"
  >${words(component.label)}</span>`;
}

export const ICON_SIZES: Readonly<Record<string, number>> = {
  xs: 12,
  sm: 14,
  md: 18,
  lg: 20,
  xl: 24,
  "2xl": 28,
  "3xl": 36,
};

export function icon(component: Component): Drawn {
  const size = entry(ICON_SIZES, component.size) ?? 18;
  return html`<span
    class="icon"
    data-component="Icon"
    data-name=${words(component.name)}
    ${styled({ color: color(component.color, "text") })}
  >${namedIcon(words(component.name), size)}</span>`;
}

const POSITIONS = [
  "top left",
  "top",
  "top right",
  "left",
  "center",
  "right",
  "bottom left",
  "bottom",
  "bottom right",
] as const;

export function image(component: Component): Drawn {
  const { src } = component;
  const classes = `image ${flag(component.frame) ? "framed" : ""} ${flag(component.flush) ? "flush" : ""}`;
  const styles = {
    ...blockStyles(component),
    flex: factor(component.flex),
    "background-color": color(component.background, "background"),
    "object-fit": among(component.fit, ["cover", "contain", "fill", "scale-down", "none"]),
    "object-position": among(component.position, POSITIONS),
  };
  // Without its address the picture still keeps its place.
  return html`<img
    class=${classes}
    data-component="Image"
    src=${isPicture(src) ? src : nothing}
    alt=${words(component.alt)}
    loading="lazy"
    referrerpolicy="no-referrer"
    ${styled(styles)}
  />`;
}

/** Addresses from a widget are whole: it cannot know the page that it is shown on. */
function isPicture(src: unknown): src is string {
  return isLoadable(src) && !src.startsWith("/");
}

/** The line over a root: what it is from, or how it stands. */
export function status(value: unknown): Drawn {
  if (!isObject(value) || !words(value.text)) return nothing;
  const { favicon } = value;
  const sign = isPicture(favicon)
    ? html`<img class=${flag(value.frame) ? "favicon framed" : "favicon"} src=${favicon} alt="" referrerpolicy="no-referrer" />`
    : value.icon
      ? namedIcon(words(value.icon), 16)
      : nothing;
  return html`<div class="status" data-testid="widget-status">${sign}<span dir="auto">${words(value.text)}</span></div>`;
}
