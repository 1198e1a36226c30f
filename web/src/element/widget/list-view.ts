/** ListView, a root of rows, and ListViewItem, a row that can be pressed as a whole. */
import { html, nothing } from "lit";
import { isObject } from "../protocol/json";
import { readableText } from "../protocol/readable-text";
import { type Component, childrenOf, number } from "./component";
import { status } from "./content";
import type { Context, Drawn } from "./context";
import { alignment, space } from "./style-values";
import { styled } from "./styled";

/** Rows that are shown where the server leaves the number to the element. */
const AUTO_LIMIT = 5;

export function listView(component: Component, context: Context): Drawn {
  const { stage, path } = context;
  const rows = childrenOf(component);
  const limit = component.limit === "auto" ? AUTO_LIMIT : number(component.limit, 1, 10_000);
  const folds = limit !== undefined && rows.length > limit && !stage.isUnfolded(path);
  const shown = folds ? { ...component, children: rows.slice(0, limit) } : component;
  return html`<div class="root list" data-component="ListView">
    ${status(component.status)}
    <ul role="list">${context.children(shown, { along: "column" })}</ul>
    ${
      folds
        ? html`<button type="button" class="more" data-testid="widget-more" @click=${() => stage.unfold(path, true)}>
            ${stage.strings.showMoreRows(rows.length - limit)}
          </button>`
        : nothing
    }
  </div>`;
}

export function listViewItem(component: Component, context: Context): Drawn {
  const { stage, path, form } = context;
  const action = component.onClickAction;
  const styles = { gap: space(component.gap), "align-items": alignment(component.align) };
  const waiting = stage.isWaiting(path);
  const press = (event: MouseEvent) => {
    if (event.detail <= 1) stage.trigger({ path, action, occasion: "click", form });
  };
  // The button lies under the row's content, so that controls within the row stay controls of their own.
  return html`<li class=${waiting ? "item waiting" : "item"} data-component="ListViewItem" aria-busy=${waiting}>
    ${
      isObject(action)
        ? html`<button
            type="button"
            class="cover"
            aria-label=${readableText(component).replaceAll("\n", ", ")}
            ?disabled=${waiting || stage.isBlocked(action)}
            @click=${press}
          ></button>`
        : nothing
    }
    <div class="item-content" ${styled(styles)}>${context.children(component, { along: "row" })}</div>
  </li>`;
}
