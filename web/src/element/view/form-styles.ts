import { css } from "lit";

export const formStyles = css`
  :host {
    display: block;
  }
  form {
    display: grid;
    gap: calc(var(--ck-space) * 4.5);
    padding: calc(var(--ck-space) * 3.5) calc(var(--ck-space) * 4);
    border: 1px solid var(--ck-border-strong);
    border-radius: var(--ck-radius-m);
    background: var(--ck-bg);
    box-shadow: var(--ck-shadow);
    line-height: 1.45;
  }
  .note {
    display: flex;
    align-items: center;
    gap: 6px;
    color: var(--ck-faint);
    font-size: 0.82em;
  }
  fieldset,
  .field {
    display: grid;
    gap: 6px;
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend,
  .field label {
    padding: 0;
    font-weight: 550;
    overflow-wrap: anywhere;
  }
  legend {
    margin-block-end: 8px;
    /* A question may have lines of its own: the arguments of a call that is to be approved. */
    white-space: pre-line;
  }
  .about {
    margin: 0;
    color: var(--ck-muted);
    font-size: 0.9em;
  }
  .option {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 40px;
    padding: 6px 12px;
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-s);
    cursor: pointer;
    transition: background-color 120ms;
  }
  .option span {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .option:has(:checked) {
    border-color: var(--ck-tint);
    background: var(--ck-hover);
  }
  .option:has(:focus-visible) {
    outline: 2px solid var(--ck-tint);
    outline-offset: 2px;
  }
  .option input {
    flex: none;
    inline-size: 17px;
    block-size: 17px;
    margin: 0;
    outline: none;
    accent-color: var(--ck-tint);
    cursor: inherit;
  }
  input[type="text"],
  textarea {
    inline-size: 100%;
    min-block-size: 40px;
    padding: 8px 12px;
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-s);
    background: var(--ck-bg);
    resize: vertical;
  }
  ::placeholder {
    color: var(--ck-faint);
    opacity: 1;
  }
  .actions {
    /* Within reach also where the questions are higher than their place. */
    position: sticky;
    inset-block-end: 0;
    margin: calc(var(--ck-space) * -1.5) calc(var(--ck-space) * -4) calc(var(--ck-space) * -3.5);
    padding: calc(var(--ck-space) * 2.5) calc(var(--ck-space) * 4);
    border-end-start-radius: var(--ck-radius-m);
    border-end-end-radius: var(--ck-radius-m);
    background: var(--ck-bg);
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
  }
  fieldset:disabled .option,
  textarea:disabled,
  .button:disabled {
    opacity: 0.6;
    cursor: default;
  }
  @media (hover: hover) {
    fieldset:not(:disabled) .option:hover {
      background: var(--ck-hover);
    }
  }
  @media (pointer: coarse) {
    .option {
      min-block-size: 44px;
    }
    input[type="text"],
    textarea {
      /* Anything smaller makes phones zoom in on the field. */
      font-size: max(16px, 1em);
    }
  }
`;
