/**
 * `<div ${styled({ width: "3px" })}>`: sets style properties one by one. Never through a `style` attribute, which
 * strict content security policies forbid, and which one value could use to smuggle in another property.
 */
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";
import type { Styles } from "./style-values";

class StyledDirective extends Directive {
  #set: Record<string, string> = {};

  render(_styles: Styles) {
    return noChange;
  }

  override update({ element }: ElementPart, [styles]: [Styles]) {
    const { style } = element as HTMLElement | SVGElement;
    const next: Record<string, string> = {};
    for (const [name, value] of Object.entries(styles)) if (value !== undefined) next[name] = value;
    for (const name of Object.keys(this.#set)) if (!(name in next)) style.removeProperty(name);
    for (const [name, value] of Object.entries(next)) {
      if (this.#set[name] === value) continue;
      // A value that the browser refuses must not leave the old one in place.
      style.removeProperty(name);
      style.setProperty(name, value);
    }
    this.#set = next;
    return noChange;
  }
}

export const styled = directive(StyledDirective);
