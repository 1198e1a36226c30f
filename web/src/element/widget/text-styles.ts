/** The style fields that all components of text share. */
import { color } from "./colors";
import { among, type Component, entry, flag, number } from "./component";
import { length, type Styles } from "./style-values";

const WEIGHTS: Readonly<Record<string, string>> = {
  normal: "400",
  medium: "500",
  semibold: "600",
  bold: "700",
};

export function textStyles(component: Component): Styles {
  const { maxLines, minLines } = component;
  const least = number(minLines, 1, 100);
  return {
    color: color(component.color, "text"),
    "font-weight": entry(WEIGHTS, component.weight),
    "text-align": among(component.textAlign, ["start", "center", "end"]),
    "font-style": flag(component.italic) ? "italic" : undefined,
    "text-decoration": flag(component.lineThrough) ? "line-through" : undefined,
    width: length(component.width),
    "min-height": least === undefined ? undefined : `${least}lh`,
    "-webkit-line-clamp": number(maxLines, 1, 100)?.toFixed(0),
  };
}
