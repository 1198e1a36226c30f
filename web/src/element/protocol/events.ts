/** The stream events and item updates of the ChatKit protocol. What is not in these lists is ignored by contract. */
import type { Annotation, AssistantContent, GeneratedImageItem, Task, ThreadItem } from "./items";
import { isObject, type JsonObject, oneOf, strings, text } from "./json";
import { parseAnnotation, parseAssistantContent, parseImage, parseItem, parseTask } from "./parse-item";

export interface ThreadStatus {
  type: "active" | "locked" | "closed";
  reason?: string;
}

export interface Thread {
  id: string;
  title?: string;
  created_at: string;
  status: ThreadStatus;
  /** Absent: images from anywhere. */
  allowed_image_domains?: string[];
}

export type ItemUpdate =
  | { type: "assistant_message.content_part.added"; content_index: number; content: AssistantContent }
  | { type: "assistant_message.content_part.text_delta"; content_index: number; delta: string }
  | {
      type: "assistant_message.content_part.annotation_added";
      content_index: number;
      annotation_index: number;
      annotation: Annotation;
    }
  | { type: "assistant_message.content_part.done"; content_index: number; content: AssistantContent }
  | { type: "widget.streaming_text.value_delta"; component_id: string; delta: string }
  | { type: "widget.component.updated"; component_id: string; component: JsonObject }
  | { type: "widget.root.updated"; widget: JsonObject }
  | { type: "workflow.task.added"; task_index: number; task: Task }
  | { type: "workflow.task.updated"; task_index: number; task: Task }
  | { type: "generated_image.updated"; image: NonNullable<GeneratedImageItem["image"]>; progress?: number };

export type NoticeLevel = "info" | "warning" | "danger";

export type StreamEvent =
  | { type: "thread.created" | "thread.updated"; thread: Thread }
  | { type: "thread.item.added" | "thread.item.done" | "thread.item.replaced"; item: ThreadItem }
  | { type: "thread.item.updated"; item_id: string; update: ItemUpdate }
  | { type: "thread.item.removed"; item_id: string }
  | { type: "stream_options"; allow_cancel: boolean }
  | { type: "progress_update"; text: string; icon?: string }
  | { type: "client_effect"; name: string; data: JsonObject }
  | { type: "error"; code: string; message?: string; allow_retry: boolean }
  | { type: "notice"; level: NoticeLevel; message: string; title?: string };

/** Null for an event that this client does not know or that lacks what it needs. */
export function parseEvent(value: unknown): StreamEvent | null {
  if (!isObject(value)) return null;
  switch (value.type) {
    case "thread.created":
    case "thread.updated":
      return withPart(parseThread(value.thread), (thread) => ({
        type: value.type as "thread.created",
        thread,
      }));
    case "thread.item.added":
    case "thread.item.done":
    case "thread.item.replaced":
      return withPart(parseItem(value.item), (item) => ({ type: value.type as "thread.item.done", item }));
    case "thread.item.updated":
      return withPart(parseUpdate(value.update), (update) => ({
        type: "thread.item.updated",
        item_id: text(value.item_id) ?? "",
        update,
      }));
    case "thread.item.removed":
      return { type: "thread.item.removed", item_id: text(value.item_id) ?? "" };
    default:
      return parseSignal(value);
  }
}

/** Events about the stream itself: nobody stores them. */
function parseSignal(json: JsonObject): StreamEvent | null {
  switch (json.type) {
    case "stream_options": {
      const options = isObject(json.stream_options) ? json.stream_options : {};
      return { type: "stream_options", allow_cancel: options.allow_cancel === true };
    }
    case "progress_update":
      return { type: "progress_update", text: text(json.text) ?? "", icon: text(json.icon) };
    case "client_effect": {
      const data = isObject(json.data) ? json.data : {};
      return { type: "client_effect", name: text(json.name) ?? "", data };
    }
    case "error": {
      const code = text(json.code) ?? "custom";
      return { type: "error", code, message: text(json.message), allow_retry: json.allow_retry === true };
    }
    case "notice": {
      const level = oneOf(json.level, "info", "warning", "danger");
      return { type: "notice", level, message: text(json.message) ?? "", title: text(json.title) };
    }
    default:
      return null;
  }
}

export function parseThread(value: unknown): Thread | null {
  if (!isObject(value)) return null;
  const id = text(value.id);
  if (!id) return null;
  const status = isObject(value.status) ? value.status : {};
  return {
    id,
    title: text(value.title) || undefined,
    created_at: text(value.created_at) ?? "",
    status: { type: oneOf(status.type, "active", "locked", "closed"), reason: text(status.reason) },
    allowed_image_domains: Array.isArray(value.allowed_image_domains)
      ? strings(value.allowed_image_domains)
      : undefined,
  };
}

function parseUpdate(value: unknown): ItemUpdate | null {
  if (!isObject(value)) return null;
  const type = text(value.type) ?? "";
  if (type.startsWith("assistant_message.")) return parseMessageUpdate(value);
  if (type.startsWith("widget.")) return parseWidgetUpdate(value);
  const index = place(value.task_index);
  if (type === "workflow.task.added" || type === "workflow.task.updated") {
    return index === null ? null : { type, task_index: index, task: parseTask(value.task) };
  }
  if (type !== "generated_image.updated") return null;
  const progress = typeof value.progress === "number" ? value.progress : undefined;
  return withPart(parseImage(value.image) ?? null, (image) => ({ type, image, progress }));
}

function parseMessageUpdate(json: JsonObject): ItemUpdate | null {
  const content_index = place(json.content_index);
  if (content_index === null) return null;
  switch (json.type) {
    case "assistant_message.content_part.added":
    case "assistant_message.content_part.done":
      return {
        type: json.type as "assistant_message.content_part.done",
        content_index,
        content: parseAssistantContent(json.content),
      };
    case "assistant_message.content_part.text_delta":
      return { type: json.type, content_index, delta: text(json.delta) ?? "" };
    case "assistant_message.content_part.annotation_added": {
      const type = json.type;
      const annotation_index = place(json.annotation_index) ?? 0;
      return withPart(parseAnnotation(json.annotation), (annotation) => ({
        type,
        content_index,
        annotation_index,
        annotation,
      }));
    }
    default:
      return null;
  }
}

function parseWidgetUpdate(json: JsonObject): ItemUpdate | null {
  const component_id = text(json.component_id) ?? "";
  switch (json.type) {
    case "widget.streaming_text.value_delta":
      return { type: json.type, component_id, delta: text(json.delta) ?? "" };
    case "widget.component.updated":
      return isObject(json.component) ? { type: json.type, component_id, component: json.component } : null;
    case "widget.root.updated":
      return isObject(json.widget) ? { type: json.type, widget: json.widget } : null;
    default:
      return null;
  }
}

/** An index that a server may send: bounded, so that a wild one cannot make the list grow without end. */
function place(value: unknown): number | null {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 10_000
    ? (value as number)
    : null;
}

function withPart<P, R>(part: P | null, build: (part: P) => R): R | null {
  return part === null ? null : build(part);
}
