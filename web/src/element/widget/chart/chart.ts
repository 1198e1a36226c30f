/** Chart: its place in the layout. What is in it is drawn by `<chatkit-chart>`, which knows how wide it has become. */
import { html } from "lit";
import { blockStyles } from "../box-styles";
import type { Component } from "../component";
import type { Context, Drawn } from "../context";
import { factor } from "../style-values";
import { styled } from "../styled";

export function chart(component: Component, { stage }: Context): Drawn {
  const { radius: _radius, margin: _margin, ...block } = component;
  return html`<chatkit-chart
    data-component="Chart"
    .component=${component}
    .strings=${stage.strings}
    ${styled({ ...blockStyles(block), flex: factor(component.flex) })}
  ></chatkit-chart>`;
}
