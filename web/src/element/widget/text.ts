/** Components that are text: Text, Title, Caption, Markdown, Label. */
import { html, nothing } from "lit";
import { among, type Component, flag, number, words } from "./component";
import type { Context, Drawn } from "./context";
import { domId } from "./dom-id";
import { editableText } from "./inputs";
import { styled } from "./styled";
import { textStyles } from "./text-styles";

const SIZES = ["xs", "sm", "md", "lg", "xl"] as const;
const TITLE_SIZES = ["sm", "md", "lg", "xl", "2xl", "3xl", "4xl", "5xl"] as const;

export function text(component: Component, context: Context): Drawn {
  const { editable } = component;
  if (typeof editable === "object" && editable !== null) return editableText(component, context);
  const size = among(component.size, SIZES) ?? "md";
  return html`<p
    class="text text-${size} ${clamp(component)}"
    dir="auto"
    data-component="Text"
    aria-busy=${flag(component.streaming) ? "true" : nothing}
    ${styled(textStyles(component))}
  >${words(component.value)}</p>`;
}

export function title(component: Component): Drawn {
  const size = among(component.size, TITLE_SIZES) ?? "md";
  return html`<h4
    class="text title title-${size} ${clamp(component)}"
    dir="auto"
    data-component="Title"
    ${styled(textStyles(component))}
  >${words(component.value)}</h4>`;
}

export function caption(component: Component): Drawn {
  const size = among(component.size, ["sm", "md", "lg"]) ?? "md";
  return html`<p
    class="text caption caption-${size} ${clamp(component)}"
    dir="auto"
    data-component="Caption"
    ${styled(textStyles(component))}
  >${words(component.value)}</p>`;
}

export function markdown(component: Component, { stage }: Context): Drawn {
  return html`<chatkit-markdown
    data-component="Markdown"
    .text=${words(component.value)}
    .strings=${stage.strings}
    .imageDomains=${stage.imageDomains}
    .streaming=${flag(component.streaming)}
  ></chatkit-markdown>`;
}

export function label(component: Component, context: Context): Drawn {
  const size = among(component.size, SIZES) ?? "sm";
  return html`<label
    class="label text-${size}"
    dir="auto"
    for=${domId(context, words(component.fieldName))}
    data-component="Label"
    ${styled(textStyles(component))}
  >${words(component.value)}</label>`;
}

/** Lines that are shown at most need a box of their own kind. */
function clamp(component: Component): string {
  if (number(component.maxLines, 1, 100) !== undefined) return "clamped";
  return flag(component.truncate) ? "truncated" : "";
}
