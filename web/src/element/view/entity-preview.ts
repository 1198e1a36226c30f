/** The page's preview of an entity, beside it while it is pointed at or has the focus. */
import type { Entity } from "@openai/chatkit";
import { css, html, nothing, type TemplateResult } from "lit";
import type { Strings } from "../i18n/en";
import { isObject, type JsonObject } from "../protocol/json";
import type { Styles } from "../widget/style-values";
import { styled } from "../widget/styled";
import type { Pointing } from "./entity";

interface Surroundings {
  /** What the page makes of the entity; null or nothing where it has no preview. */
  request: (entity: Entity) => Promise<unknown>;
  onError: (error: unknown) => void;
  onChange: () => void;
  /** The chat's own place on the screen. */
  bounds: () => DOMRect;
}

/** Milliseconds: who only passes by wants no preview, and who goes over to it does not want it gone. */
const AFTER = 180;

export class EntityPreview {
  #shown: { widget: JsonObject; anchor: DOMRect } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  readonly point = ({ detail }: CustomEvent<Pointing>): void => {
    this.#later(() => void this.#ask(detail));
  };

  readonly leave = (): void => this.#later(() => this.hide());

  /** The pointer is over the preview itself. */
  readonly stay = (): void => clearTimeout(this.#timer);

  hide(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    if (!this.#shown) return;
    this.#shown = null;
    this.#around.onChange();
  }

  render(strings: Strings): TemplateResult | typeof nothing {
    if (!this.#shown) return nothing;
    const { widget, anchor } = this.#shown;
    const item = { type: "widget", id: "preview", thread_id: "", created_at: "", widget };
    return html`<div
      class="preview"
      role="tooltip"
      data-testid="entity-preview"
      @pointerenter=${this.stay}
      @pointerleave=${this.leave}
      ${styled(this.#place(anchor))}
    >
      <chatkit-widget .item=${item} .strings=${strings}></chatkit-widget>
    </div>`;
  }

  #later(work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, AFTER);
  }

  async #ask({ entity, anchor }: Pointing): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const answer = await this.#around.request(entity);
      const widget = isObject(answer) && isObject(answer.preview) ? answer.preview : null;
      if (asked !== this.#asked || !widget) return;
      this.#shown = { widget, anchor };
      this.#around.onChange();
    } catch (error) {
      this.#around.onError(error);
    }
  }

  /** Below what it belongs to in the upper half of the chat, else above. */
  #place(anchor: DOMRect): Styles {
    const bounds = this.#around.bounds();
    const width = Math.min(320, bounds.width - 16);
    const left = Math.min(Math.max(anchor.left - bounds.left, 8), bounds.width - width - 8);
    const below = anchor.bottom - bounds.top < bounds.height / 2;
    const vertical = below
      ? { top: `${anchor.bottom - bounds.top + 6}px` }
      : { bottom: `${bounds.bottom - anchor.top + 6}px` };
    return { left: `${left}px`, width: `${width}px`, ...vertical };
  }
}

export const previewStyles = css`
  .preview {
    position: absolute;
    z-index: 3;
    max-block-size: 45cqh;
    overflow-y: auto;
    padding: calc(var(--ck-space) * 3.5);
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-m);
    background: var(--ck-bg);
    box-shadow: var(--ck-shadow-high);
  }
  @media (prefers-reduced-motion: no-preference) {
    .preview {
      animation: appear 140ms;
    }
    @keyframes appear {
      from {
        opacity: 0;
      }
    }
  }
`;
