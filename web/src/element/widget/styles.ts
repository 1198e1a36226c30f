/** The styles of widgets, by family. */
import { controlStyles } from "./styles-controls";
import { fieldStyles } from "./styles-fields";
import { layoutStyles } from "./styles-layout";
import { textStyles } from "./styles-text";

export const widgetStyles = [layoutStyles, textStyles, controlStyles, fieldStyles];
