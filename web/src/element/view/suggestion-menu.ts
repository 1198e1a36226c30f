/** The menu over the composer: what may be chosen, in groups, with the one that Enter takes. */
import { css, html, nothing, type TemplateResult } from "lit";
import type { Strings } from "../i18n/en";
import { namedIcon } from "../icons/icon";
import type { Menu, Suggestion } from "../session/suggestions";
import type { Attributes } from "./attributes";

const MENU_ID = "suggestions";
const optionId = (index: number) => `suggestion-${index}`;

export function suggestionMenu(
  { items, active, loading }: Menu,
  strings: Strings,
  choose: (index: number) => void,
): TemplateResult {
  // Pressing must not take the focus from the text.
  const press = (index: number) => (event: Event) => {
    event.preventDefault();
    choose(index);
  };
  return html`<div class="menu" data-testid="suggestions" aria-busy=${loading}>
    <ul id=${MENU_ID} role="listbox" aria-label=${strings.suggestions}>
      ${items.map(
        (item, index) => html`${
          item.group && item.group !== items[index - 1]?.group
            ? html`<li class="group" role="presentation">${item.group}</li>`
            : nothing
        }
          <li
            id=${optionId(index)}
            role="option"
            class="suggestion"
            aria-selected=${index === active}
            data-testid="suggestion"
            @pointerdown=${press(index)}
          >
            ${suggestion(item)}
          </li>`,
      )}
    </ul>
    ${items.length === 0 ? html`<div class="none" role="status">${loading ? strings.loading : strings.nothingFound}</div>` : nothing}
  </div>`;
}

function suggestion({ icon, label, description }: Suggestion): TemplateResult {
  return html`${icon ? namedIcon(icon, 16) : nothing}
    <span class="suggestion-text">
      <span dir="auto">${label}</span>
      ${description ? html`<small dir="auto">${description}</small>` : nothing}
    </span>`;
}

/** What the field says about the menu, whose focus stays in the text. */
export function menuAttributes(menu: Menu | null): Attributes {
  if (!menu) return {};
  return {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "true",
    "aria-controls": MENU_ID,
    "aria-activedescendant": menu.items.length > 0 ? optionId(menu.active) : undefined,
  };
}

export const suggestionStyles = css`
  :host {
    position: relative;
  }
  .menu {
    position: absolute;
    inset-block-end: calc(100% + 8px);
    inset-inline: 0;
    z-index: 2;
    max-block-size: min(320px, 45cqh);
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    padding: 6px;
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-m);
    background: var(--ck-bg);
    box-shadow: var(--ck-shadow-high);
  }
  .menu ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .group {
    padding: 8px 10px 4px;
    color: var(--ck-faint);
    font-size: 0.8em;
    font-weight: 550;
  }
  .suggestion {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 38px;
    padding: 6px 10px;
    border-radius: var(--ck-radius-s);
    cursor: pointer;
  }
  .suggestion:hover {
    background: var(--ck-hover);
  }
  .suggestion[aria-selected="true"] {
    background: var(--ck-pressed);
  }
  .suggestion-text {
    display: grid;
    min-inline-size: 0;
    overflow-wrap: anywhere;
    line-height: 1.35;
  }
  .suggestion small {
    color: var(--ck-muted);
    font-size: 0.85em;
  }
  .none {
    padding: 8px 10px;
    color: var(--ck-faint);
  }
  @media (pointer: coarse) {
    .suggestion {
      min-block-size: 44px;
    }
  }
`;
