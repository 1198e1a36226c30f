/** The Table family. Wide tables scroll by themselves. */
import { html, nothing } from "lit";
import { among, type Component, entry, flag, number } from "./component";
import type { Context, Drawn } from "./context";
import { length, spaces } from "./style-values";
import { styled } from "./styled";

export function table(component: Component, context: Context): Drawn {
  return html`<div class="table" data-component="Table" tabindex="0" role="region" aria-label=${context.stage.strings.table}>
    <table><tbody>${context.children(component, { along: "column" })}</tbody></table>
  </div>`;
}

export function tableRow(component: Component, context: Context): Drawn {
  const header = flag(component.header);
  return html`<tr class=${header ? "header" : ""} data-component="Table.Row">
    ${context.children(component, { along: "row", inHeader: header })}
  </tr>`;
}

const COLUMN_SIZES: Readonly<Record<string, string>> = {
  xs: "64px",
  sm: "96px",
  md: "144px",
  lg: "208px",
  xl: "288px",
};
const VERTICAL: Readonly<Record<string, string>> = { start: "top", center: "middle", end: "bottom" };

export function tableCell(component: Component, context: Context): Drawn {
  const { padding } = component;
  const width = length(component.width) ?? entry(COLUMN_SIZES, component.colSize);
  const styles = {
    width,
    "min-width": width,
    "text-align": among(component.align, ["start", "center", "end"]),
    "vertical-align": entry(VERTICAL, component.vAlign),
    ...spaces("padding", padding),
  };
  const cells = (value: unknown) => number(value, 1, 100) ?? nothing;
  const content = context.children(component, { along: "column" });
  const attributes = { columns: cells(component.colSpan), rows: cells(component.rowSpan) };
  return context.inHeader
    ? html`<th
        scope="col"
        data-component="Table.Cell"
        colspan=${attributes.columns}
        rowspan=${attributes.rows}
        ${styled(styles)}
      >${content}</th>`
    : html`<td data-component="Table.Cell" colspan=${attributes.columns} rowspan=${attributes.rows} ${styled(styles)}>
        ${content}
      </td>`;
}
