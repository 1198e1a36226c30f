import { css } from "lit";

export const fieldStyles = css`
  .field,
  .choice {
    inline-size: 100%;
    min-inline-size: 0;
    min-block-size: var(--height);
    border: 1px solid var(--ck-border-strong);
    border-radius: min(var(--ck-radius-control), 10px);
    background: var(--ck-bg);
    font-size: var(--text);
    line-height: 1.4;
  }
  .field {
    padding: 5px var(--gutter);
  }
  .box.row > .field {
    flex: 1 1 8em;
    inline-size: auto;
  }
  :is(.field, .choice).pill {
    border-radius: 999px;
  }
  :is(.field, .choice).soft {
    border-color: transparent;
    background: color-mix(in oklab, var(--ck-fg) 7%, transparent);
  }
  .area {
    resize: vertical;
    padding-block: 0.55em;
  }
  .grows {
    field-sizing: content;
    resize: none;
  }
  ::placeholder {
    color: var(--ck-faint);
    opacity: 1;
  }
  :is(.field, .editable):disabled,
  .choice:has(:disabled) {
    opacity: 0.55;
  }
  :is(.field, .editable):user-invalid {
    border-color: var(--ck-danger);
  }
  .editable {
    inline-size: 100%;
    margin: -3px -6px;
    padding: 2px 5px;
    border: 1px dashed transparent;
    border-radius: 6px;
    background: none;
    line-height: inherit;
    resize: none;
  }
  .editable:is(:hover, :focus, :placeholder-shown) {
    border-color: var(--ck-border-strong);
    background: var(--ck-hover);
  }

  .choice {
    position: relative;
    display: inline-grid;
    grid-template-columns: minmax(0, 1fr);
    align-items: center;
    inline-size: fit-content;
    max-inline-size: 100%;
  }
  .choice.block {
    inline-size: 100%;
  }
  .choice.solid {
    border-color: transparent;
    background: var(--ck-accent);
    color: var(--ck-on-accent);
  }
  .choice.ghost {
    border-color: transparent;
    background: none;
  }
  .choice:hover:is(.ghost, .outline) {
    background: var(--ck-hover);
  }
  .choice > :is(select, input) {
    grid-area: 1 / 1;
    appearance: none;
    inline-size: 100%;
    min-block-size: calc(var(--height) - 2px);
    padding-block: 3px;
    padding-inline: var(--gutter) calc(var(--gutter) + 22px);
    border: 0;
    border-radius: inherit;
    background: none;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  .choice:has(.clear) > :is(select, input) {
    padding-inline-end: calc(var(--gutter) + 46px);
  }
  .choice select.empty {
    color: var(--ck-faint);
  }
  .choice.solid select.empty {
    color: inherit;
  }
  .choice option {
    background: var(--ck-bg);
    color: var(--ck-fg);
  }
  .choice > svg {
    grid-area: 1 / 1;
    justify-self: end;
    margin-inline-end: calc(var(--gutter) - 2px);
    color: var(--ck-muted);
    pointer-events: none;
  }
  .choice.solid > svg {
    color: inherit;
  }
  .choice .clear {
    grid-area: 1 / 1;
    justify-self: end;
    display: grid;
    place-items: center;
    inline-size: 24px;
    block-size: 24px;
    margin-inline-end: calc(var(--gutter) + 18px);
    border-radius: 6px;
    color: var(--ck-muted);
  }
  .choice .clear:hover {
    background: var(--ck-pressed);
  }
  .choice .about {
    grid-row: 2;
    padding: 0 var(--gutter) 5px;
    color: var(--ck-faint);
    font-size: 0.9em;
  }
  .date input::-webkit-calendar-picker-indicator {
    display: none;
  }
  /* The page's own words stand where the browser would ask for its format. */
  .date.named input:not(:focus)::-webkit-datetime-edit {
    opacity: 0;
  }
  .date .placeholder {
    grid-area: 1 / 1;
    padding-inline: var(--gutter) calc(var(--gutter) + 22px);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--ck-faint);
    pointer-events: none;
  }
  .date input:focus ~ .placeholder {
    display: none;
  }

  .radios {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 18px;
  }
  .radios.column {
    flex-direction: column;
  }
  .option {
    display: inline-flex;
    align-items: flex-start;
    gap: 9px;
    inline-size: fit-content;
    max-inline-size: 100%;
    cursor: pointer;
    overflow-wrap: anywhere;
  }
  .option:has(:disabled) {
    opacity: 0.55;
    cursor: default;
  }
  .tick {
    position: relative;
    display: grid;
    place-items: center;
    flex: none;
    block-size: 1.45em;
    inline-size: 17px;
  }
  .tick input {
    appearance: none;
    inline-size: 17px;
    block-size: 17px;
    margin: 0;
    border: 1.5px solid var(--ck-border-strong);
    border-radius: 5px;
    background: var(--ck-bg);
    cursor: inherit;
  }
  .tick svg {
    position: absolute;
    color: var(--ck-on-accent);
    stroke-width: 3;
    opacity: 0;
    pointer-events: none;
  }
  .tick input:checked {
    border-color: var(--ck-accent);
    background: var(--ck-accent);
  }
  .tick input:checked + svg {
    opacity: 1;
  }
  .tick.round input {
    border-radius: 50%;
  }
  .tick.round input:checked {
    border-width: 5px;
    background: var(--ck-on-accent);
  }
  .tick input:user-invalid {
    border-color: var(--ck-danger);
  }
  @media (pointer: coarse) {
    :is(.field, .editable),
    .choice > :is(select, input) {
      /* Anything smaller makes phones zoom in on the field. */
      font-size: max(16px, 1em);
    }
    .option {
      min-block-size: 40px;
      align-items: center;
    }
  }
`;
