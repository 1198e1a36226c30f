import { css } from "lit";

export const textStyles = css`
  .text {
    margin: 0;
    min-inline-size: 0;
    font-weight: 400;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .text-xs {
    font-size: 0.8em;
  }
  .text-sm {
    font-size: 0.9em;
  }
  .text-md {
    font-size: 1em;
  }
  .text-lg {
    font-size: 1.13em;
  }
  .text-xl {
    font-size: 1.27em;
  }
  .title {
    font-weight: 600;
    line-height: 1.25;
    text-wrap: balance;
  }
  .title-sm {
    font-size: 0.95em;
  }
  .title-md {
    font-size: 1.1em;
  }
  .title-lg {
    font-size: 1.3em;
  }
  .title-xl {
    font-size: 1.55em;
  }
  .title-2xl {
    font-size: 1.85em;
  }
  .title-3xl {
    font-size: 2.2em;
  }
  .title-4xl {
    font-size: 2.6em;
  }
  .title-5xl {
    font-size: 3.2em;
  }
  .caption {
    color: var(--ck-faint);
  }
  .caption-sm {
    font-size: 0.75em;
  }
  .caption-md {
    font-size: 0.82em;
  }
  .caption-lg {
    font-size: 0.9em;
  }
  .clamped {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    overflow: hidden;
  }
  .truncated {
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .label {
    display: block;
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  chatkit-markdown {
    min-inline-size: 0;
    line-height: 1.55;
  }
  .icon {
    display: inline-flex;
    flex: none;
  }

  .badge {
    --hue: var(--ck-muted);
    display: inline-flex;
    align-items: center;
    flex: none;
    align-self: center;
    inline-size: fit-content;
    max-inline-size: 100%;
    border: 1px solid transparent;
    border-radius: 6px;
    padding: 1px 7px;
    font-size: 0.78em;
    font-weight: 550;
    line-height: 1.5;
    overflow-wrap: anywhere;
  }
  .box.column > .badge,
  .card-body > .badge {
    align-self: flex-start;
  }
  .badge-md {
    padding: 2px 9px;
    font-size: 0.85em;
  }
  .badge-lg {
    padding: 3px 11px;
    font-size: 0.93em;
  }
  .badge.pill {
    border-radius: 999px;
  }
  .badge.soft {
    background: color-mix(in oklab, var(--hue) 14%, transparent);
    color: color-mix(in oklab, var(--hue) 88%, var(--ck-fg));
  }
  .badge.solid {
    background: var(--hue);
    color: var(--ck-bg);
  }
  .badge.outline {
    border-color: color-mix(in oklab, var(--hue) 45%, transparent);
    color: var(--hue);
  }
  .hue-primary {
    --hue: var(--ck-accent);
  }
  .hue-secondary {
    --hue: var(--ck-muted);
  }
  .hue-success {
    --hue: var(--ck-success);
  }
  .hue-danger {
    --hue: var(--ck-danger);
  }
  .hue-warning {
    --hue: var(--ck-warning);
  }
  .hue-caution {
    --hue: light-dark(oklch(0.56 0.14 52), oklch(0.79 0.14 60));
  }
  .hue-info {
    --hue: var(--ck-info);
  }
  .hue-discovery {
    --hue: light-dark(oklch(0.5 0.19 298), oklch(0.76 0.13 298));
  }
`;
