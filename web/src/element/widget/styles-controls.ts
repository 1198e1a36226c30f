import { css } from "lit";

export const controlStyles = css`
  .size-3xs {
    --height: 22px;
    --text: 0.75em;
    --gutter: 6px;
  }
  .size-2xs {
    --height: 24px;
    --text: 0.78em;
    --gutter: 8px;
  }
  .size-xs {
    --height: 26px;
    --text: 0.82em;
    --gutter: 8px;
  }
  .size-sm {
    --height: 28px;
    --text: 0.87em;
    --gutter: 10px;
  }
  .size-md {
    --height: 34px;
    --text: 0.93em;
    --gutter: 12px;
  }
  .size-lg {
    --height: 38px;
    --text: 0.96em;
    --gutter: 14px;
  }
  .size-xl {
    --height: 42px;
    --text: 1em;
    --gutter: 16px;
  }
  .size-2xl {
    --height: 46px;
    --text: 1.05em;
    --gutter: 18px;
  }
  .size-3xl {
    --height: 50px;
    --text: 1.1em;
    --gutter: 20px;
  }
  .gutter-2xs {
    --gutter: 4px;
  }
  .gutter-xs {
    --gutter: 6px;
  }
  .gutter-sm {
    --gutter: 8px;
  }
  .gutter-md {
    --gutter: 12px;
  }
  .gutter-lg {
    --gutter: 16px;
  }
  .gutter-xl {
    --gutter: 20px;
  }
  .control {
    position: relative;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    flex: none;
    gap: 6px;
    inline-size: fit-content;
    max-inline-size: 100%;
    min-block-size: var(--height);
    padding: 3px var(--gutter);
    border: 1px solid transparent;
    border-radius: min(var(--ck-radius-control), 10px);
    font-size: var(--text);
    font-weight: 500;
    line-height: 1.25;
    transition: background-color 120ms, opacity 120ms;
  }
  .control.pill {
    border-radius: 999px;
  }
  .control.uniform {
    inline-size: var(--height);
    padding-inline: 0;
  }
  .control.block {
    inline-size: 100%;
    flex: 1 1 auto;
  }
  .control.solid {
    background: var(--hue);
    color: oklch(from var(--hue) clamp(0.16, (0.66 - l) * 1000, 1) 0 h);
  }
  .control.soft {
    background: color-mix(in oklab, var(--hue) 13%, transparent);
    color: color-mix(in oklab, var(--hue) 80%, var(--ck-fg));
  }
  .control.outline {
    border-color: color-mix(in oklab, var(--hue) 40%, transparent);
    color: color-mix(in oklab, var(--hue) 80%, var(--ck-fg));
  }
  .control.ghost {
    color: color-mix(in oklab, var(--hue) 80%, var(--ck-fg));
  }
  @media (hover: hover) {
    .control.solid:hover:not(:disabled) {
      filter: brightness(1.1);
    }
    .control:is(.soft, .outline, .ghost):hover:not(:disabled) {
      background: color-mix(in oklab, var(--hue) 20%, transparent);
    }
  }
  .control:disabled:not(.waiting) {
    opacity: 0.45;
  }
  @media (pointer: coarse) {
    .control:is(.size-md, .size-lg) {
      min-block-size: 42px;
    }
  }
  .control.waiting > * {
    opacity: 0.25;
  }
  .control.waiting::after,
  .item.waiting::after {
    content: "";
    position: absolute;
    inset: 0;
    margin: auto;
    inline-size: 14px;
    block-size: 14px;
    border: 2px solid currentcolor;
    border-inline-end-color: transparent;
    border-radius: 50%;
  }
  .item.waiting::after {
    inset: 0 16px 0 auto;
    color: var(--ck-faint);
  }
  .item.waiting .item-content {
    opacity: 0.55;
  }
  @media (prefers-reduced-motion: no-preference) {
    .control.waiting::after,
    .item.waiting::after {
      animation: turn 800ms linear infinite;
    }
    @keyframes turn {
      to {
        rotate: 360deg;
      }
    }
  }
`;
