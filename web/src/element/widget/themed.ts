/** `theme` on a root: its subtree has the colours of that scheme, whatever scheme surrounds it. */
import { html } from "lit";
import { schemeTokens } from "../theme/tokens";
import { among, type Component } from "./component";
import type { Drawn } from "./context";
import { styled } from "./styled";

export function themed(component: Component, drawn: Drawn): Drawn {
  const scheme = among(component.theme, ["light", "dark"]);
  if (!scheme) return drawn;
  const styles = { ...schemeTokens(scheme), "color-scheme": scheme };
  return html`<div class="themed" data-theme=${scheme} ${styled(styles)}>${drawn}</div>`;
}
