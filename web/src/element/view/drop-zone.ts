/** Takes files that are dragged over the chat and let go there. */
import { css, html, type TemplateResult } from "lit";
import { Paperclip } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";

interface Surroundings {
  enabled: () => boolean;
  onFiles: (files: File[]) => void;
  onChange: () => void;
}

export class DropZone {
  /** Files are over the chat. */
  active = false;
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  readonly over = (event: DragEvent): void => {
    if (!this.#around.enabled() || !event.dataTransfer?.types.includes("Files")) return;
    // Without this the browser would open the file instead of the page.
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.#show(true);
  };

  readonly leave = (event: DragEvent): void => {
    const { currentTarget, relatedTarget } = event;
    const within =
      currentTarget instanceof Node && relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
    if (!within) this.#show(false);
  };

  readonly drop = (event: DragEvent): void => {
    this.#show(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!this.#around.enabled() || files.length === 0) return;
    event.preventDefault();
    this.#around.onFiles(files);
  };

  #show(active: boolean): void {
    if (active === this.active) return;
    this.active = active;
    this.#around.onChange();
  }
}

export function dropSign(strings: Strings): TemplateResult {
  return html`<div class="drop" data-testid="drop-zone">${icon(Paperclip, 22)} ${strings.dropFiles}</div>`;
}

export const dropStyles = css`
  .drop {
    position: absolute;
    inset: 8px;
    z-index: 3;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    border: 2px dashed var(--ck-tint);
    border-radius: var(--ck-radius-m);
    background: color-mix(in oklab, var(--ck-bg) 88%, transparent);
    font-weight: 550;
    pointer-events: none;
  }
`;
