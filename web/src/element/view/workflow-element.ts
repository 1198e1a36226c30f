/**
 * `<chatkit-workflow>`: the steps that led to an answer. Open while they run; folds when they are done, unless the
 * server or the reader wants it open.
 */
import { css, html, LitElement, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ChevronRight } from "lucide";
import type { Strings } from "../i18n/en";
import { icon, namedIcon } from "../icons/icon";
import type { WorkflowItem } from "../protocol/items";
import { baseStyles, shimmerStyles } from "../theme/base-styles";
import { taskRow, taskStyles, taskTitle } from "./task";

export class WorkflowElement extends LitElement {
  static override styles = [
    baseStyles,
    shimmerStyles,
    taskStyles,
    css`
      :host {
        display: block;
        font-size: 0.92em;
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 7px;
        max-inline-size: 100%;
        min-block-size: 30px;
        border-radius: var(--ck-radius-s);
        color: var(--ck-muted);
        text-align: start;
      }
      button:hover {
        color: var(--ck-fg);
      }
      .label {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .chevron {
        transition: rotate 160ms;
      }
      .chevron:dir(rtl) {
        scale: -1 1;
      }
      [aria-expanded="true"] .chevron {
        rotate: 90deg;
      }
      .panel {
        display: grid;
        grid-template-rows: 0fr;
        visibility: hidden;
        transition: grid-template-rows 200ms ease, visibility 200ms;
      }
      .panel.open {
        grid-template-rows: 1fr;
        visibility: visible;
      }
      ul {
        min-block-size: 0;
        overflow: hidden;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .panel.open ul {
        padding-block-start: 10px;
      }
    `,
  ];

  @property({ attribute: false }) item!: WorkflowItem;
  @property({ attribute: false }) strings!: Strings;
  @property({ type: Boolean }) running = false;
  /** What the reader chose, once they have. */
  @state() private chosen: boolean | null = null;

  protected override render() {
    const { workflow } = this.item;
    const open = this.chosen ?? (this.running || workflow.expanded);
    if (workflow.tasks.length === 0 && !this.running) return nothing;
    return html`
      <button
        type="button"
        aria-expanded=${open}
        aria-controls="tasks"
        data-testid="workflow-toggle"
        @click=${() => {
          this.chosen = !open;
        }}
      >
        ${this.#icon()}
        <span class=${this.running ? "label shimmer" : "label"}>${this.#label(open)}</span>
        <span class="chevron">${icon(ChevronRight, 15)}</span>
      </button>
      <div class=${open ? "panel open" : "panel"} id="tasks">
        <ul data-testid="workflow-tasks">
          ${repeat(
            workflow.tasks,
            (_, at) => at,
            (task) => taskRow(task, this.strings),
          )}
        </ul>
      </div>
    `;
  }

  #icon() {
    const { summary } = this.item.workflow;
    return summary && "icon" in summary && summary.icon ? namedIcon(summary.icon, 16) : nothing;
  }

  #label(open: boolean): string {
    const { strings } = this;
    const { workflow } = this.item;
    const { summary, tasks } = workflow;
    const last = tasks.at(-1);
    if (this.running) {
      const general = workflow.type === "reasoning" ? strings.reasoningRunning : strings.workflowRunning;
      return !open && last?.title ? taskTitle(last, strings) : general;
    }
    if (summary && "title" in summary) return summary.title;
    const reasoning = workflow.type === "reasoning";
    if (summary) return reasoning ? strings.duration(summary.duration) : strings.worked(summary.duration);
    return reasoning ? strings.reasoningDone : strings.workflowDone(tasks.length);
  }
}
