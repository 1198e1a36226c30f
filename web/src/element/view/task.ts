/** One step of a workflow, or a step that stands alone. */
import { css, html, nothing, type TemplateResult } from "lit";
import { Brain, FileSearch, Globe, Image, Search, Wrench } from "lucide";
import type { Strings } from "../i18n/en";
import { type Drawing, icon, namedIcon } from "../icons/icon";
import { safeLink } from "../markdown/links";
import type { Source, Task } from "../protocol/items";

export function taskRow(task: Task, strings: Strings): TemplateResult {
  const loading = task.status_indicator === "loading";
  return html`<li class="task" data-testid="task" data-status=${task.status_indicator}>
    <span class="task-icon">${task.icon ? namedIcon(task.icon, 16) : icon(DRAWINGS[task.type] ?? Wrench, 16)}</span>
    <div class="task-body">
      ${titleLine(task, strings, loading)}
      ${task.queries.length ? html`<div class="pills">${task.queries.map(queryPill)}</div>` : nothing}
      ${task.content ? content(task, strings, loading) : nothing}
      ${task.sources.length ? html`<div class="pills">${task.sources.map(sourcePill)}</div>` : nothing}
    </div>
  </li>`;
}

/** What stands for a task in one line. */
export function taskTitle(task: Task, strings: Strings): string {
  if (task.title) return task.title;
  const names: Record<string, string> = {
    web_search: strings.webSearch,
    file: strings.fileSearch,
    image: strings.imageTask,
    thought: strings.thought,
  };
  return names[task.type] ?? strings.task;
}

const DRAWINGS: Readonly<Record<string, Drawing>> = {
  web_search: Globe,
  file: FileSearch,
  image: Image,
  thought: Brain,
};

function titleLine(task: Task, strings: Strings, loading: boolean): TemplateResult | typeof nothing {
  // A thought without a title is its own text.
  if (!task.title && task.content) return nothing;
  return html`<div class=${loading ? "task-title shimmer" : "task-title"}>${taskTitle(task, strings)}</div>`;
}

function content(task: Task, strings: Strings, loading: boolean): TemplateResult {
  return html`<chatkit-markdown
    class="task-content"
    .text=${task.content ?? ""}
    .strings=${strings}
    .imageDomains=${[]}
    .streaming=${loading}
  ></chatkit-markdown>`;
}

function queryPill(query: string): TemplateResult {
  return html`<span class="pill">${icon(Search, 12)}<span>${query}</span></span>`;
}

function sourcePill(source: Source): TemplateResult {
  const address = source.type === "url" ? safeLink(source.url) : null;
  if (!address) return html`<span class="pill"><span>${source.title}</span></span>`;
  return html`<a class="pill" href=${address} target="_blank" rel="noopener noreferrer nofollow"
    ><span>${source.title}</span></a
  >`;
}

export const taskStyles = css`
  .task {
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr);
    gap: 10px;
    position: relative;
    padding-block-end: 14px;
    color: var(--ck-muted);
    line-height: 1.5;
  }
  .task:last-child {
    padding-block-end: 2px;
  }
  .task:not(:last-child)::before {
    content: "";
    position: absolute;
    inset-block: 24px 2px;
    inset-inline-start: 9px;
    inline-size: 1px;
    background: var(--ck-border);
  }
  .task-icon {
    display: grid;
    place-items: center;
    block-size: 1.5em;
    color: var(--ck-faint);
  }
  .task-body {
    min-inline-size: 0;
    display: grid;
    gap: 6px;
    overflow-wrap: anywhere;
  }
  .task-content {
    line-height: 1.55;
  }
  .pills {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .pill {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    max-inline-size: 100%;
    padding: 2px 10px;
    border-radius: var(--ck-radius-control);
    background: var(--ck-raised);
    color: var(--ck-muted);
    font-size: 0.88em;
    text-decoration: none;
  }
  .pill span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  a.pill:hover {
    background: var(--ck-pressed);
    color: var(--ck-fg);
  }
`;
