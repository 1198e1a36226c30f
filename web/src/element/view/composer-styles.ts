import { css } from "lit";

export const composerStyles = css`
  :host {
    display: block;
  }
  .composer {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: end;
    border: 1px solid var(--ck-border-strong);
    border-radius: var(--ck-radius-l);
    background: var(--ck-bg);
    box-shadow: var(--ck-shadow);
    /* Not on the text field, which has the direction of what is written in it. */
    padding-inline-start: var(--edge);
    --edge: calc(var(--ck-space) * 4.5);
    transition: border-color 140ms;
    cursor: text;
  }
  .composer:focus-within {
    border-color: color-mix(in oklab, var(--ck-tint) 45%, var(--ck-border-strong));
  }
  .composer.locked {
    background: var(--ck-raised);
    box-shadow: none;
    cursor: default;
  }
  textarea {
    inline-size: 100%;
    min-block-size: 52px;
    max-block-size: min(240px, 40cqh);
    margin: 0;
    padding: 14px 0;
    border: 0;
    outline: 0;
    background: none;
    resize: none;
    line-height: 24px;
    overflow-y: auto;
    scrollbar-width: thin;
  }
  .writing {
    grid-column: 1;
    display: grid;
    min-inline-size: 0;
  }
  .writing > * {
    grid-area: 1 / 1;
  }
  /* Letter for letter under the text: only the marks are seen of it. */
  .mirror {
    max-block-size: min(240px, 40cqh);
    padding: 14px 0;
    overflow: hidden;
    color: transparent;
    line-height: 24px;
    white-space: pre-wrap;
    overflow-wrap: break-word;
    pointer-events: none;
  }
  .mirror mark {
    border-radius: 5px;
    background: color-mix(in oklab, var(--ck-tint) 18%, transparent);
    box-shadow: 0 0 0 2px color-mix(in oklab, var(--ck-tint) 18%, transparent);
    color: transparent;
  }
  textarea:focus-visible {
    outline: none;
  }
  @media (pointer: coarse) {
    textarea,
    .mirror {
      /* Anything smaller makes phones zoom in on the field. */
      font-size: max(16px, 1em);
    }
  }
  textarea::placeholder {
    color: var(--ck-faint);
    opacity: 1;
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 8px;
  }
  .bar:has(.select, .attach, .mention) {
    grid-column: 1 / -1;
    margin-inline: calc(8px - var(--edge)) -14px;
    padding-block-start: 0;
  }
  .composer:has(.select, .attach, .mention) {
    padding-inline-end: 14px;
  }
  .gap {
    flex: 1;
  }
  .main {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 36px;
    block-size: 36px;
    border-radius: min(var(--ck-radius-control), 50%);
    background: var(--ck-accent);
    color: var(--ck-on-accent);
    transition: background-color 140ms, color 140ms, scale 100ms;
  }
  .main:disabled {
    background: var(--ck-pressed);
    color: var(--ck-faint);
  }
  .main:active:not(:disabled) {
    scale: 0.94;
  }
  .select {
    position: relative;
    display: inline-flex;
    align-items: center;
    border-radius: var(--ck-radius-control);
    color: var(--ck-muted);
    font-size: 0.88em;
  }
  .select.chosen {
    color: var(--ck-fg);
  }
  .select:hover {
    background: var(--ck-hover);
  }
  .select select {
    appearance: none;
    field-sizing: content;
    max-inline-size: 12em;
    padding-block: 7px;
    padding-inline: 12px 28px;
    border: 0;
    border-radius: inherit;
    background: none;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  .select option {
    background: var(--ck-bg);
    color: var(--ck-fg);
  }
  .select svg {
    position: absolute;
    inset-inline-end: 9px;
    pointer-events: none;
  }
  .closed {
    padding: calc(var(--ck-space) * 3.5) calc(var(--ck-space) * 5);
    border-radius: var(--ck-radius-l);
    background: var(--ck-raised);
    color: var(--ck-muted);
    text-align: center;
    line-height: 1.5;
  }
`;
