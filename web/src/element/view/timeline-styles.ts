import { css } from "lit";

export const timelineStyles = css`
  :host {
    display: block;
    position: relative;
    min-block-size: 0;
    flex: 1;
    container-type: size;
  }
  .scroller {
    position: absolute;
    inset: 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--ck-border-strong) transparent;
    outline: none;
  }
  :host::after {
    content: "";
    position: absolute;
    inset: auto 0 0;
    block-size: 20px;
    background: linear-gradient(transparent, var(--ck-bg));
    pointer-events: none;
  }
  .content {
    --edge: calc(var(--ck-space) * 4);
    max-inline-size: 48rem;
    margin-inline: auto;
    padding: calc(var(--ck-space) * 5) var(--edge) calc(var(--ck-space) * 8);
    display: flex;
    flex-direction: column;
    gap: calc(var(--ck-space) * 9);
  }
  @container (min-width: 600px) {
    .content {
      --edge: calc(var(--ck-space) * 7);
    }
  }
  .turn {
    display: flex;
    flex-direction: column;
    gap: calc(var(--ck-space) * 4);
    min-inline-size: 0;
  }
  /* Room for an answer below the message that asks for it, so that the message can stand at the top. */
  .turn.roomy {
    min-block-size: calc(100cqh - var(--ck-space) * 13);
  }
  .progress {
    animation: appear 240ms 250ms both;
  }
  /* Most connections are back before anyone needs to know that they were gone. */
  .progress.late {
    animation-delay: 700ms;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  .older {
    display: grid;
    justify-content: center;
  }
  .latest {
    position: absolute;
    inset-block-end: 14px;
    inset-inline-start: 50%;
    z-index: 1;
    translate: -50% 0;
    display: grid;
    place-items: center;
    inline-size: 36px;
    block-size: 36px;
    border: 1px solid var(--ck-border);
    border-radius: 50%;
    background: var(--ck-bg);
    color: var(--ck-fg);
    box-shadow: var(--ck-shadow);
    animation: appear 160ms;
  }
  .latest:dir(rtl) {
    translate: 50% 0;
  }
`;
