/** The style fields that many components share: sizes of a block, and the layout of a box. */
import { color } from "./colors";
import { among, type Component } from "./component";
import {
  alignment,
  borders,
  factor,
  justification,
  length,
  radius,
  type Styles,
  space,
  spaces,
} from "./style-values";

export function blockStyles(block: Component): Styles {
  return {
    width: length(block.width ?? block.size),
    height: length(block.height ?? block.size),
    "min-width": length(block.minWidth ?? block.minSize),
    "min-height": length(block.minHeight ?? block.minSize),
    "max-width": length(block.maxWidth ?? block.maxSize),
    "max-height": length(block.maxHeight ?? block.maxSize),
    "aspect-ratio": factor(block.aspectRatio),
    "border-radius": radius(block.radius),
    ...spaces("margin", block.margin),
  };
}

export function boxStyles(box: Component, direction?: "row" | "column"): Styles {
  return {
    ...blockStyles(box),
    ...contentStyles(box, direction),
    ...borders(box.border),
    flex: factor(box.flex),
    "background-color": color(box.background, "background"),
  };
}

/** How a container lays out what is in it. `direction` is fixed for rows and columns. */
export function contentStyles(box: Component, direction?: "row" | "column"): Styles {
  return {
    ...spaces("padding", box.padding),
    "flex-direction": direction ?? (box.direction === "row" ? "row" : "column"),
    "flex-wrap": among(box.wrap, ["nowrap", "wrap", "wrap-reverse"]),
    "align-items": alignment(box.align),
    "justify-content": justification(box.justify),
    gap: space(box.gap),
  };
}
