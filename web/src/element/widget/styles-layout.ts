import { css } from "lit";

export const layoutStyles = css`
  :host {
    display: block;
    min-inline-size: 0;
    font-size: 15px;
    line-height: 1.45;
  }
  .widget {
    min-inline-size: 0;
    /* Whatever sizes and margins a widget gives itself, it covers nothing of the chat around it. */
    contain: paint;
    border-radius: var(--ck-radius-m);
    transition: opacity 140ms;
  }
  .widget.waiting {
    opacity: 0.55;
  }
  .themed {
    color: var(--ck-fg);
  }
  .broken {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 12px 16px;
    border: 1px dashed var(--ck-border-strong);
    border-radius: var(--ck-radius-m);
    color: var(--ck-muted);
    font-size: 0.9em;
    white-space: pre-line;
    overflow-wrap: anywhere;
  }
  .box {
    display: flex;
    min-inline-size: 0;
    margin: 0;
  }
  .box.row {
    flex-direction: row;
    align-items: center;
    gap: calc(var(--ck-space) * 3);
  }
  .box.column {
    flex-direction: column;
    gap: calc(var(--ck-space) * 2);
  }
  .box > * {
    max-inline-size: 100%;
  }
  .box.row > :is(.text, chatkit-markdown) {
    min-inline-size: 0;
  }
  .box.column > chatkit-markdown,
  .box.column > .table {
    inline-size: 100%;
  }
  .spacer {
    flex: 1 1 auto;
  }
  .divider {
    flex: none;
    align-self: stretch;
    background: var(--ck-border);
  }
  .divider.column {
    block-size: 1px;
    margin-block: calc(var(--ck-space) * 1);
  }
  .divider.row {
    inline-size: 1px;
    min-block-size: 1em;
  }
  .divider.column.flush {
    margin-inline: calc(var(--card-padding, 0px) * -1);
  }
  .divider.row.flush {
    margin-block: calc(var(--card-padding, 0px) * -1);
  }
  .transition {
    min-inline-size: 0;
  }
  @media (prefers-reduced-motion: no-preference) {
    .transition > * {
      animation: come-in 260ms cubic-bezier(0.2, 0.8, 0.3, 1);
    }
    @keyframes come-in {
      from {
        opacity: 0;
        translate: 0 6px;
      }
    }
  }

  .card {
    --card-padding: calc(var(--ck-space) * 4);
    display: flex;
    flex-direction: column;
    max-inline-size: 100%;
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-m);
    background: var(--ck-bg);
    overflow: clip;
  }
  .card-sm {
    inline-size: 360px;
  }
  .card-md {
    inline-size: 440px;
  }
  .card-lg {
    inline-size: 560px;
  }
  .card-full {
    inline-size: 100%;
  }
  .card-body {
    display: flex;
    flex-direction: column;
    gap: calc(var(--ck-space) * 3);
    min-inline-size: 0;
    padding: var(--card-padding);
  }
  .status {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 8px var(--card-padding, 16px);
    border-block-end: 1px solid var(--ck-border);
    color: var(--ck-muted);
    font-size: 0.87em;
  }
  .favicon {
    inline-size: 16px;
    block-size: 16px;
    border-radius: 4px;
    object-fit: contain;
  }
  .favicon.framed {
    padding: 1px;
    background: white;
    box-shadow: 0 0 0 1px var(--ck-border);
  }
  .fold {
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 10px var(--card-padding);
    color: var(--ck-muted);
    font-size: 0.9em;
    text-align: start;
  }
  .fold svg {
    transition: rotate 140ms;
  }
  .fold[aria-expanded="true"] svg {
    rotate: 180deg;
  }
  .fold:focus-visible,
  .more:focus-visible {
    outline-offset: -3px;
  }
  .footer {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    padding: 0 var(--card-padding) var(--card-padding);
  }

  .list {
    --card-padding: calc(var(--ck-space) * 4);
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-m);
    background: var(--ck-bg);
    overflow: clip;
  }
  .list ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .item {
    position: relative;
    min-inline-size: 0;
  }
  .item + .item {
    border-block-start: 1px solid var(--ck-border);
  }
  .item-content {
    display: flex;
    align-items: center;
    gap: calc(var(--ck-space) * 3);
    min-inline-size: 0;
    padding: calc(var(--ck-space) * 2.5) var(--card-padding);
  }
  .cover {
    position: absolute;
    inset: 0;
    inline-size: 100%;
  }
  .cover:focus-visible {
    outline-offset: -3px;
  }
  .cover ~ .item-content {
    position: relative;
    pointer-events: none;
  }
  .cover ~ .item-content :is(button, a, input, select, textarea, label) {
    pointer-events: auto;
  }
  .cover:disabled ~ .item-content {
    opacity: 0.55;
  }
  @media (hover: hover) {
    .cover:hover:not(:disabled) {
      background: var(--ck-hover);
    }
  }
  .more {
    inline-size: 100%;
    padding: 10px;
    border-block-start: 1px solid var(--ck-border);
    color: var(--ck-muted);
    font-size: 0.9em;
    font-weight: 500;
  }
  .more:hover {
    background: var(--ck-hover);
  }

  .image {
    max-inline-size: 100%;
    object-fit: cover;
    border-radius: 8px;
  }
  .image.framed {
    box-shadow: 0 0 0 1px var(--ck-border);
  }
  .image.flush {
    inline-size: calc(100% + 2 * var(--card-padding, 0px));
    max-inline-size: none;
    margin-inline: calc(var(--card-padding, 0px) * -1);
    border-radius: 0;
  }
  .card-body > .image.flush:first-child {
    margin-block-start: calc(var(--card-padding) * -1);
  }
  .card-body > .image.flush:last-child {
    margin-block-end: calc(var(--card-padding) * -1);
  }

  .table {
    min-inline-size: 0;
    max-inline-size: 100%;
    overflow-x: auto;
    scrollbar-width: thin;
  }
  table {
    min-inline-size: 100%;
    border-collapse: collapse;
    font-size: 0.93em;
  }
  td,
  th {
    padding: 8px 12px;
    text-align: start;
    vertical-align: middle;
    font-weight: inherit;
    border-block-end: 1px solid var(--ck-border);
  }
  tr:last-child > :is(td, th) {
    border-block-end: 0;
  }
  .header > th {
    color: var(--ck-muted);
    font-weight: 550;
  }
`;
