/** Components that place others: Box, Row, Col, Form, Spacer, Divider, Transition. */
import { html } from "lit";
import { boxStyles } from "./box-styles";
import { color } from "./colors";
import { type Component, flag } from "./component";
import type { Context, Drawn } from "./context";
import { length, space } from "./style-values";
import { styled } from "./styled";

type Direction = "row" | "column";

export function box(component: Component, context: Context): Drawn {
  return container("Box", component, context, component.direction === "row" ? "row" : "column");
}

export function row(component: Component, context: Context): Drawn {
  return container("Row", component, context, "row");
}

export function col(component: Component, context: Context): Drawn {
  return container("Col", component, context, "column");
}

function container(kind: string, component: Component, context: Context, along: Direction): Drawn {
  return html`<div class="box ${along}" data-component=${kind} ${styled(boxStyles(component, along))}>
    ${context.children(component, { along })}
  </div>`;
}

export function form(component: Component, context: Context): Drawn {
  const { stage, path } = context;
  const along = component.direction === "row" ? "row" : "column";
  const form = { component, path };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    stage.trigger({ path, action: component.onSubmitAction, occasion: "submit", form });
  };
  return html`<form
    class="box ${along}"
    data-component="Form"
    aria-busy=${stage.isWaiting(path)}
    @submit=${submit}
    ${styled(boxStyles(component, along))}
  >
    ${context.children(component, { along, form })}
  </form>`;
}

export function spacer(component: Component, { along }: Context): Drawn {
  const least = length(component.minSize);
  const styles = along === "row" ? { "min-width": least } : { "min-height": least };
  return html`<div class="spacer" data-component="Spacer" ${styled(styles)}></div>`;
}

export function divider(component: Component, { along }: Context): Drawn {
  const upright = along === "row";
  const spacing = space(component.spacing);
  const styles = {
    "background-color": color(component.color, "border"),
    [upright ? "width" : "height"]: length(component.size),
    [upright ? "margin-inline" : "margin-block"]: spacing,
  };
  return html`<div
    class="divider ${along} ${flag(component.flush) ? "flush" : ""}"
    role="separator"
    aria-orientation=${upright ? "vertical" : "horizontal"}
    data-component="Divider"
    ${styled(styles)}
  ></div>`;
}

/** A child that is another one than before comes in gently; the styles do it, because its element is new. */
export function transition(component: Component, context: Context): Drawn {
  return html`<div class="transition" data-component="Transition">${context.children(component)}</div>`;
}
