/** `<input ${attributes({ … })}>`: sets attributes that fields of several kinds have in common; absent ones go. */
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

class AttributesDirective extends Directive {
  #set: Attributes = {};

  render(_attributes: Attributes) {
    return noChange;
  }

  override update({ element }: ElementPart, [attributes]: [Attributes]) {
    for (const name of new Set([...Object.keys(this.#set), ...Object.keys(attributes)])) {
      const value = attributes[name];
      if (value === this.#set[name]) continue;
      if (value === undefined || value === false) element.removeAttribute(name);
      else element.setAttribute(name, value === true ? "" : value);
    }
    this.#set = attributes;
    return noChange;
  }
}

export const attributes = directive(AttributesDirective);
