/** Styles that every component shares: reset, buttons, focus. */
import { css } from "lit";

export const baseStyles = css`
  :host {
    box-sizing: border-box;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  [hidden] {
    display: none !important;
  }
  button,
  input,
  textarea,
  select {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    cursor: pointer;
    border: 0;
    background: none;
    padding: 0;
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled {
    cursor: default;
  }
  svg {
    display: block;
    flex: none;
  }
  :focus-visible {
    outline: 2px solid var(--ck-tint);
    outline-offset: 2px;
  }
  .icon-button {
    display: inline-grid;
    place-items: center;
    inline-size: 36px;
    block-size: 36px;
    border-radius: var(--ck-radius-s);
    color: var(--ck-muted);
    transition: background-color 120ms, color 120ms;
  }
  .icon-button.small {
    inline-size: 30px;
    block-size: 30px;
  }
  .button {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-block-size: 32px;
    padding: 4px 12px;
    border: 1px solid var(--ck-border-strong);
    border-radius: var(--ck-radius-control);
    background: var(--ck-bg);
    font-size: 0.875em;
    font-weight: 500;
    line-height: 1.3;
    transition: background-color 120ms;
  }
  .button.danger {
    border-color: transparent;
    background: var(--ck-danger);
    color: var(--ck-bg);
  }
  .button.solid {
    border-color: transparent;
    background: var(--ck-accent);
    color: var(--ck-on-accent);
  }
  @media (hover: hover) {
    .icon-button:hover:not(:disabled) {
      background: var(--ck-hover);
      color: var(--ck-fg);
    }
    .button:hover:not(.danger, .solid) {
      background: var(--ck-hover);
    }
    .button.danger:hover,
    .button.solid:hover {
      filter: brightness(1.08);
    }
  }
  .icon-button:active:not(:disabled) {
    background: var(--ck-pressed);
  }
  @media (pointer: coarse) {
    .icon-button.small {
      inline-size: 36px;
      block-size: 36px;
    }
    .button {
      min-block-size: 38px;
    }
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .mirrored:dir(rtl) svg {
    transform: scaleX(-1);
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 1ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 1ms !important;
      scroll-behavior: auto !important;
    }
  }
`;

/** Text over which light runs while something is under way. */
export const shimmerStyles = css`
  .shimmer {
    color: var(--ck-faint);
  }
  @media (prefers-reduced-motion: no-preference) {
    .shimmer {
      background: linear-gradient(
          100deg,
          var(--ck-faint) 40%,
          color-mix(in oklab, var(--ck-fg) 22%, var(--ck-bg)) 50%,
          var(--ck-faint) 60%
        )
        100% 0 / 300% 100%;
      background-clip: text;
      -webkit-background-clip: text;
      color: transparent;
      animation: shimmer 2.2s linear infinite;
    }
  }
  @keyframes shimmer {
    to {
      background-position: -50% 0;
    }
  }
`;
