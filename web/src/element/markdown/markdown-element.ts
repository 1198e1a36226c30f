/**
 * `<chatkit-markdown>`: shows a Markdown text and keeps up with it while it grows. Blocks that have not changed are
 * not touched; the one that grows is changed in place.
 */
import type { Entity } from "@openai/chatkit";
import { html, LitElement, type PropertyValues } from "lit";
import { property, query } from "lit/decorators.js";
import { copyText } from "../clipboard";
import type { Strings } from "../i18n/en";
import type { Annotation } from "../protocol/items";
import { baseStyles } from "../theme/base-styles";
import { leave, ofSource, point, press } from "../view/entity";
import { placeCitations } from "./citations";
import { decorate, labelCopy } from "./decorate";
import { deeplink } from "./links";
import { markdownStyles } from "./markdown-styles";
import { morphChildren } from "./morph";
import { MarkdownRenderer } from "./render";
import { completeTail } from "./streaming-tail";

const NO_ANNOTATIONS: readonly Annotation[] = [];

export class MarkdownElement extends LitElement {
  static override styles = [baseStyles, markdownStyles];

  @property({ attribute: false }) text = "";
  @property({ attribute: false }) annotations = NO_ANNOTATIONS;
  @property({ attribute: false }) imageDomains: readonly string[] | undefined;
  @property({ attribute: false }) strings!: Strings;
  @property({ type: Boolean }) streaming = false;

  @query(".blocks") private blocks!: HTMLElement;
  #renderer: MarkdownRenderer | null = null;
  #drawn: string[] = [];

  protected override render() {
    // What is inside belongs to #draw.
    return html`<div
      class="blocks"
      dir="auto"
      @click=${this.#click}
      @pointerover=${this.#point}
      @pointerout=${this.#leave}
      @focusin=${this.#point}
      @focusout=${this.#leave}
    ></div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("imageDomains") || changed.has("strings") || !this.#renderer) {
      this.#renderer = new MarkdownRenderer({
        imageDomains: this.imageDomains,
        blockedImage: this.strings.imageBlocked,
      });
      this.#drawn = [];
    }
    if (changed.has("annotations")) this.#drawn = [];
    this.blocks.classList.toggle("streaming", this.streaming);
    this.#draw(this.#renderer);
  }

  #draw(renderer: MarkdownRenderer): void {
    const { text, markers, sources } = placeCitations(this.text, this.annotations);
    const tokens = renderer.blocks(this.streaming ? completeTail(text) : text, this.streaming);
    // The last lines of a text may define what links in the first ones mean.
    if (!this.streaming && renderer.hasDefinitions) this.#drawn = [];
    tokens.forEach((token, at) => {
      if (this.#drawn[at] === token.raw) return;
      const fragment = renderer.block(token);
      decorate(fragment, { strings: this.strings, markers, sources });
      let block = this.blocks.children[at];
      if (!block) {
        block = document.createElement("div");
        block.className = "block";
        this.blocks.append(block);
      }
      morphChildren(block, fragment);
    });
    while (this.blocks.children.length > tokens.length) this.blocks.lastElementChild?.remove();
    this.#drawn = tokens.map((token) => token.raw);
  }

  readonly #click = (event: Event): void => {
    const target = event.target instanceof Element ? event.target : null;
    const copy = target?.closest<HTMLElement>(".copy-code");
    if (copy) void this.#copyCode(copy);
    const entity = this.#entityAt(event);
    if (entity) press(entity.marker, entity.entity);
    const link = deeplink(target?.closest("a")?.href ?? "");
    if (!link) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("deeplink", { detail: link, bubbles: true, composed: true }));
  };

  readonly #point = (event: Event): void => {
    const found = this.#entityAt(event);
    if (found) point(found.marker, found.entity);
  };

  readonly #leave = (event: Event): void => {
    const found = this.#entityAt(event);
    if (found) leave(found.marker);
  };

  #entityAt({ target }: Event): { marker: Element; entity: Entity } | null {
    const marker = target instanceof Element ? target.closest<HTMLElement>("[data-entity]") : null;
    const source = marker && placeCitations("", this.annotations).sources[Number(marker.dataset.entity)];
    return marker && source?.type === "entity" ? { marker, entity: ofSource(source) } : null;
  }

  async #copyCode(button: HTMLElement): Promise<void> {
    const code = button.closest(".code")?.querySelector("code")?.textContent ?? "";
    if (!(await copyText(code))) return;
    labelCopy(button, this.strings, true);
    setTimeout(() => labelCopy(button, this.strings, false), 1600);
  }
}
