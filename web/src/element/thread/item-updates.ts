/** Applies one item update to one item. An update that does not fit the item's type leaves it as it is. */
import type { ItemUpdate } from "../protocol/events";
import type {
  AssistantContent,
  AssistantMessageItem,
  Task,
  ThreadItem,
  WorkflowItem,
} from "../protocol/items";
import { appendToComponent, replaceComponent } from "./widget-tree";

export function updateItem(item: ThreadItem, update: ItemUpdate): ThreadItem {
  switch (update.type) {
    case "assistant_message.content_part.added":
    case "assistant_message.content_part.done":
      return setPart(item, update.content_index, (before) => keepAnnotations(before, update.content));
    case "assistant_message.content_part.text_delta":
      return setPart(item, update.content_index, (part) => ({ ...part, text: part.text + update.delta }));
    case "assistant_message.content_part.annotation_added":
      return setPart(item, update.content_index, (part) => ({
        ...part,
        annotations: put(part.annotations, update.annotation_index, update.annotation),
      }));
    case "workflow.task.added":
    case "workflow.task.updated":
      return setTask(item, update.task_index, update.task);
    case "widget.root.updated":
      return item.type === "widget" ? { ...item, widget: update.widget } : item;
    case "widget.component.updated":
      if (item.type !== "widget") return item;
      return { ...item, widget: replaceComponent(item.widget, update.component_id, update.component) };
    case "widget.streaming_text.value_delta":
      if (item.type !== "widget") return item;
      return { ...item, widget: appendToComponent(item.widget, update.component_id, update.delta) };
    case "generated_image.updated":
      return item.type === "generated_image" ? { ...item, image: update.image } : item;
  }
}

/** Parts are numbered from the server; a number that skips ahead fills the gap with empty parts. */
function setPart(
  item: ThreadItem,
  index: number,
  change: (part: AssistantContent) => AssistantContent,
): ThreadItem {
  if (item.type !== "assistant_message") return item;
  const content: AssistantMessageItem["content"] = [...item.content];
  while (content.length <= index) content.push({ text: "", annotations: [] });
  const part = content[index];
  if (part) content[index] = change(part);
  return { ...item, content };
}

/** `done` may come without the annotations that were added before it (the stock SDK sends it so). */
function keepAnnotations(before: AssistantContent, after: AssistantContent): AssistantContent {
  return after.annotations.length > 0 ? after : { ...after, annotations: before.annotations };
}

function setTask(item: ThreadItem, index: number, task: Task): ThreadItem {
  if (item.type !== "workflow") return item;
  const workflow: WorkflowItem["workflow"] = {
    ...item.workflow,
    tasks: put(item.workflow.tasks, index, task),
  };
  return { ...item, workflow };
}

/** `entry` at `index`, or at the end when the list is shorter than that. */
function put<T>(entries: readonly T[], index: number, entry: T): T[] {
  return index < entries.length ? entries.with(index, entry) : [...entries, entry];
}
