/**
 * Registers the element. A name can be taken only once in a document: where `openai-chatkit` already is, the page has
 * another element and this script leaves it alone.
 */
import { ChatKitElement } from "./chatkit-element";
import { MarkdownElement } from "./markdown/markdown-element";
import { AnswerActionsElement } from "./view/answer-actions";
import { ComposerElement } from "./view/composer-element";
import { FormElement } from "./view/form-element";
import { HeaderElement } from "./view/header-element";
import { HistoryElement } from "./view/history-element";
import { HistoryRowElement } from "./view/history-row-element";
import { QuoteElement } from "./view/quote-element";
import { TimelineElement } from "./view/timeline-element";
import { TurnElement } from "./view/turn-element";
import { WorkflowElement } from "./view/workflow-element";
import { ChartElement } from "./widget/chart/chart-element";
import { WidgetElement } from "./widget/widget-element";

const ELEMENTS: readonly (readonly [string, CustomElementConstructor])[] = [
  ["chatkit-markdown", MarkdownElement],
  ["chatkit-answer-actions", AnswerActionsElement],
  ["chatkit-workflow", WorkflowElement],
  ["chatkit-chart", ChartElement],
  ["chatkit-widget", WidgetElement],
  ["chatkit-quote", QuoteElement],
  ["chatkit-form", FormElement],
  ["chatkit-turn", TurnElement],
  ["chatkit-timeline", TimelineElement],
  ["chatkit-composer", ComposerElement],
  ["chatkit-header", HeaderElement],
  ["chatkit-history-row", HistoryRowElement],
  ["chatkit-history", HistoryElement],
  ["openai-chatkit", ChatKitElement],
];

if (!customElements.get("openai-chatkit")) {
  for (const [name, element] of ELEMENTS) customElements.define(name, element);
}
