/**
 * Draws a widget's tree: which drawing a component's type has, and what becomes of one that has none or fails. Types
 * that are not known show their children; a component that cannot be drawn costs itself and nothing else.
 */
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { basic } from "./basic";
import { button } from "./button";
import { card } from "./card";
import { chart } from "./chart/chart";
import { checkbox, datePicker, radioGroup, select } from "./choices";
import { type Component, childrenOf, entry, kindOf, nameOf, namesOf } from "./component";
import { badge, icon, image } from "./content";
import type { Context, Drawing, Drawn, Stage } from "./context";
import { input, textarea } from "./inputs";
import { box, col, divider, form, row, spacer, transition } from "./layout";
import { listView, listViewItem } from "./list-view";
import { table, tableCell, tableRow } from "./table";
import { caption, label, markdown, text, title } from "./text";
import { themed } from "./themed";

const DRAWINGS: Readonly<Record<string, Drawing>> = {
  Card: card,
  ListView: listView,
  ListViewItem: listViewItem,
  Basic: basic,
  Box: box,
  Row: row,
  Col: col,
  Form: form,
  Spacer: spacer,
  Divider: divider,
  Transition: transition,
  Text: text,
  Title: title,
  Caption: caption,
  Markdown: markdown,
  Label: label,
  Badge: badge,
  Icon: icon,
  Image: image,
  Button: button,
  Table: table,
  "Table.Row": tableRow,
  "Table.Cell": tableCell,
  Chart: chart,
  Input: input,
  Textarea: textarea,
  Select: select,
  DatePicker: datePicker,
  Checkbox: checkbox,
  RadioGroup: radioGroup,
};

const DEEPEST = 60;
const MOST_NODES = 5000;

/** The whole widget. Throws where its root is none. */
export function drawWidget(root: Component, stage: Stage): Drawn {
  if (kindOf(root) === "" && childrenOf(root).length === 0) throw new TypeError("the widget has no root");
  const budget = { nodes: MOST_NODES };
  return draw(
    root,
    at(nameOf(root) ?? "root", { stage, form: null, along: "column", inHeader: false }, 0, budget),
  );
}

type Place = Pick<Context, "stage" | "form" | "along" | "inHeader">;
interface Budget {
  nodes: number;
}

/** The context of the node at `path`. An id or key makes the path; without one it is the place in the parent. */
function at(path: string, place: Place, depth: number, budget: Budget): Context {
  return {
    ...place,
    path,
    children: (component, changes) =>
      drawChildren(component, path, { ...place, ...changes }, depth + 1, budget),
  };
}

function drawChildren(parent: Component, path: string, place: Place, depth: number, budget: Budget): Drawn {
  const children = childrenOf(parent).slice(0, Math.max(budget.nodes, 0));
  budget.nodes -= children.length;
  if (depth > DEEPEST || children.length === 0) return nothing;
  const names = namesOf(children);
  const drawn = children.map((child, index) => ({
    // Of another type it is another element, even under the same name.
    key: `${names[index]} ${kindOf(child)}`,
    content: draw(child, at(nameOf(child) ?? `${path}/${names[index]}`, place, depth, budget)),
  }));
  return html`${repeat(
    drawn,
    ({ key }) => key,
    ({ content }) => content,
  )}`;
}

function draw(component: Component, context: Context): Drawn {
  const drawing = entry(DRAWINGS, kindOf(component)) ?? unknown;
  try {
    return themed(component, drawing(component, context));
  } catch (error) {
    context.stage.report(error instanceof Error ? error : new Error(String(error)));
    return unknown(component, context);
  }
}

function unknown(component: Component, context: Context): Drawn {
  return html`<div class="box column" data-component="unknown">${context.children(component)}</div>`;
}
