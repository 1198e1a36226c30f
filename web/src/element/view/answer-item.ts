/** Draws one item of an answer. What has no drawing of its own yet is shown as text: nothing is ever left out. */
import { css, html, nothing, type TemplateResult } from "lit";
import { Image, MessageCircleQuestionMark, SquareDashed } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import type {
  AssistantMessageItem,
  GeneratedImageItem,
  StructuredInputItem,
  ThreadItem,
  UnknownItem,
  WidgetItem,
} from "../protocol/items";
import { isLoadable } from "./loadable";
import { sourceList } from "./sources";
import { taskRow } from "./task";

export interface ItemContext {
  strings: Strings;
  /** The item still grows. */
  open: boolean;
  /** The answer still grows. */
  live: boolean;
  imageDomains: readonly string[] | undefined;
  imageProgress: number | undefined;
  /** Nothing can be answered now. */
  busy: boolean;
  /** Questions that are pending here stand in the composer's place. */
  asking: boolean;
}

export function answerItem(item: ThreadItem, context: ItemContext): TemplateResult | typeof nothing {
  const { strings } = context;
  switch (item.type) {
    case "assistant_message":
      return assistantMessage(item, context);
    case "workflow":
      return html`<chatkit-workflow
        data-testid="workflow"
        data-running=${context.open}
        .item=${item}
        .strings=${strings}
        .running=${context.open}
      ></chatkit-workflow>`;
    case "task":
      return html`<ul class="lone-task">${taskRow(item.task, strings)}</ul>`;
    case "widget":
      return widget(item, context);
    case "generated_image":
      return generatedImage(item, context);
    case "structured_input":
      return item.status === "pending" && context.asking ? nothing : structuredInput(item, strings);
    case "unknown":
      return unknown(item, strings);
    case "user_message":
    case "client_tool_call":
    case "silent":
      return nothing;
  }
}

function assistantMessage(item: AssistantMessageItem, context: ItemContext): TemplateResult {
  const last = item.content.length - 1;
  return html`<article
    class="assistant"
    aria-label=${context.strings.assistantSaid}
    aria-busy=${context.open}
    data-testid="assistant-message"
    data-item-id=${item.id}
  >
    ${item.content.map(
      (part, at) => html`<chatkit-markdown
          .text=${part.text}
          .annotations=${part.annotations}
          .imageDomains=${context.imageDomains}
          .strings=${context.strings}
          .streaming=${context.open && at === last}
        ></chatkit-markdown>
        ${sourceList(part.annotations, context.strings)}`,
    )}
  </article>`;
}

function widget(item: WidgetItem, context: ItemContext): TemplateResult {
  return html`<chatkit-widget
    data-testid="widget"
    data-item-id=${item.id}
    .item=${item}
    .strings=${context.strings}
    .imageDomains=${context.imageDomains}
    .busy=${context.busy}
    .live=${context.live}
  ></chatkit-widget>`;
}

function generatedImage(item: GeneratedImageItem, context: ItemContext): TemplateResult {
  const { strings, open, imageProgress } = context;
  const picture =
    item.image && isLoadable(item.image.url)
      ? html`<img class=${open ? "image growing" : "image"} src=${item.image.url} alt=${strings.imageAlt} />`
      : html`<div class="image-place" role="img" aria-label=${strings.imageLoading}>${icon(Image, 28)}</div>`;
  if (!open || imageProgress === undefined) return picture;
  return html`${picture}<progress max="1" .value=${imageProgress} aria-label=${strings.imageLoading}></progress>`;
}

function structuredInput(item: StructuredInputItem, strings: Strings): TemplateResult {
  return html`<section class="box" data-testid="structured-input" data-item-id=${item.id}>
    <div class="box-note">${icon(MessageCircleQuestionMark, 14)} ${strings.question}</div>
    ${item.inputs.map(
      (input) => html`<p class="question" dir="auto">${input.question}</p>
        ${
          item.status === "pending"
            ? nothing
            : html`<p class="box-text" dir="auto">${input.answers.join(", ") || strings.skipped}</p>`
        }`,
    )}
  </section>`;
}

function unknown(item: UnknownItem, strings: Strings): TemplateResult {
  return html`<section class="box" data-testid="unknown-item" data-kind=${item.kind}>
    <div class="box-note">${icon(SquareDashed, 14)} ${strings.unknownItem}</div>
    ${item.text ? html`<div class="box-text" dir="auto">${item.text}</div>` : nothing}
  </section>`;
}

export const answerItemStyles = css`
  .assistant {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 10px;
    min-inline-size: 0;
  }
  .lone-task {
    margin: 0;
    padding: 0;
    list-style: none;
    font-size: 0.92em;
  }
  .box {
    padding: calc(var(--ck-space) * 3.5) calc(var(--ck-space) * 4);
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-m);
    line-height: 1.55;
  }
  .box-note {
    display: flex;
    align-items: center;
    gap: 6px;
    margin: 0;
    color: var(--ck-faint);
    font-size: 0.82em;
  }
  .box-text {
    margin: 6px 0 0;
    white-space: pre-line;
    overflow-wrap: anywhere;
  }
  .question {
    margin: 8px 0 4px;
    font-weight: 550;
  }
  .image,
  .image-place {
    max-inline-size: min(100%, 480px);
    border-radius: var(--ck-radius-m);
    background: var(--ck-raised);
  }
  .image.growing {
    filter: blur(2px) saturate(0.9);
  }
  progress {
    inline-size: min(100%, 320px);
    accent-color: var(--ck-accent);
  }
  .image-place {
    display: grid;
    place-items: center;
    inline-size: 320px;
    aspect-ratio: 1;
    color: var(--ck-faint);
  }
  @media (prefers-reduced-motion: no-preference) {
    .image-place {
      animation: breathe 1.8s ease-in-out infinite;
    }
  }
  @keyframes breathe {
    50% {
      opacity: 0.55;
    }
  }
`;
