/** What stands in a new thread: a greeting and prompts to begin with. */
import type { StartScreenOption, StartScreenPrompt } from "@openai/chatkit";
import { css, html, nothing, type TemplateResult } from "lit";
import type { Strings } from "../i18n/en";
import { namedIcon } from "../icons/icon";

export function startScreen(
  option: StartScreenOption | undefined,
  strings: Strings,
  choose: (prompt: StartScreenPrompt) => void,
): TemplateResult {
  const prompts = option?.prompts ?? [];
  return html`<div class="start" data-testid="start-screen">
    <div class="start-inner">
      <h1 class="greeting" dir="auto">${option?.greeting ?? strings.greeting}</h1>
      ${
        prompts.length
          ? html`<ul class="prompts">
              ${prompts.map(
                (prompt) => html`<li>
                  <button type="button" class="prompt" data-testid="prompt" @click=${() => choose(prompt)}>
                    ${prompt.icon ? html`<span class="prompt-icon">${namedIcon(prompt.icon, 18)}</span>` : nothing}
                    <span dir="auto">${prompt.label}</span>
                  </button>
                </li>`,
              )}
            </ul>`
          : nothing
      }
    </div>
  </div>`;
}

export const startScreenStyles = css`
  .start {
    flex: 1;
    min-block-size: 0;
    overflow-y: auto;
    display: flex;
    padding: calc(var(--ck-space) * 4) calc(var(--ck-space) * 5);
  }
  .start-inner {
    margin: auto;
    inline-size: min(100%, 45rem);
    padding-block-end: calc(var(--ck-space) * 8);
  }
  .greeting {
    margin: 0;
    text-align: center;
    font-size: clamp(1.45em, 3.4cqi, 1.9em);
    font-weight: 600;
    letter-spacing: -0.02em;
    line-height: 1.25;
    text-wrap: balance;
  }
  .prompts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr));
    grid-auto-rows: 1fr;
    gap: 10px;
    margin: calc(var(--ck-space) * 9) 0 0;
    padding: 0;
    list-style: none;
  }
  .prompt {
    display: flex;
    align-items: center;
    gap: 12px;
    inline-size: 100%;
    block-size: 100%;
    min-block-size: 54px;
    padding: 12px 16px;
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-m);
    text-align: start;
    line-height: 1.35;
    font-size: 0.95em;
    transition: background-color 120ms, border-color 120ms;
  }
  .prompt:hover {
    background: var(--ck-hover);
    border-color: var(--ck-border-strong);
  }
  .prompt-icon {
    color: var(--ck-tint);
    opacity: 0.85;
  }
  @container (max-width: 520px) {
    .prompts {
      gap: 8px;
      margin-block-start: calc(var(--ck-space) * 6);
    }
    .prompt {
      min-block-size: 48px;
    }
  }
`;
