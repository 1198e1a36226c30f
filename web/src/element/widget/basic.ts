/** Basic: a root without a frame. */
import { html } from "lit";
import { contentStyles } from "./box-styles";
import type { Component } from "./component";
import type { Context, Drawn } from "./context";
import { styled } from "./styled";

export function basic(component: Component, context: Context): Drawn {
  const along = component.direction === "row" ? "row" : "column";
  return html`<div class="root box ${along}" data-component="Basic" ${styled(contentStyles(component, along))}>
    ${context.children(component, { along })}
  </div>`;
}
