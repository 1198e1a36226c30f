/** Turns item JSON into a `ThreadItem` with every field in place, so that nothing after this has to doubt its shape. */

import type {
  Annotation,
  AssistantContent,
  Attachment,
  ClientToolCallItem,
  GeneratedImageItem,
  InferenceOptions,
  Source,
  StructuredInputItem,
  Task,
  ThreadItem,
  UserMessageContent,
  UserMessageItem,
  WidgetItem,
  WorkflowItem,
} from "./items";
import { isObject, type JsonObject, objects, oneOf, strings, text } from "./json";
import { readableText } from "./readable-text";

/** Null when the value has no id, because then it cannot be placed in a thread. */
export function parseItem(value: unknown): ThreadItem | null {
  if (!isObject(value)) return null;
  const id = text(value.id);
  if (!id) return null;
  const base = { id, thread_id: text(value.thread_id) ?? "", created_at: text(value.created_at) ?? "" };
  const kind = text(value.type) ?? "";
  const parse = Object.hasOwn(BODIES, kind) ? BODIES[kind] : undefined;
  if (parse) return { ...base, ...parse(value) } as ThreadItem;
  return { ...base, type: "unknown", kind, text: readableText(value) };
}

const BODIES: Record<string, (json: JsonObject) => object> = {
  user_message: userMessage,
  assistant_message: (json) => ({
    type: "assistant_message",
    content: objects(json.content).map(parseAssistantContent),
  }),
  workflow,
  task: (json) => ({ type: "task", task: parseTask(json.task) }),
  widget,
  generated_image: generatedImage,
  structured_input: structuredInput,
  client_tool_call: clientToolCall,
  end_of_turn: () => ({ type: "silent" }),
  hidden_context_item: () => ({ type: "silent" }),
  sdk_hidden_context: () => ({ type: "silent" }),
};

type Body<T extends ThreadItem> = Omit<T, "id" | "thread_id" | "created_at">;

function userMessage(json: JsonObject): Body<UserMessageItem> {
  return {
    type: "user_message",
    content: objects(json.content).map(parseUserContent),
    attachments: objects(json.attachments)
      .map(parseAttachment)
      .filter((entry) => entry !== null),
    quoted_text: text(json.quoted_text) || undefined,
    inference_options: parseInference(json.inference_options),
  };
}

export function parseAttachment(json: JsonObject): Attachment | null {
  const id = text(json.id);
  if (!id) return null;
  const file = { id, name: text(json.name) ?? "", mime_type: text(json.mime_type) ?? "" };
  const preview_url = text(json.preview_url);
  return json.type === "image" && preview_url !== undefined
    ? { ...file, type: "image", preview_url }
    : { ...file, type: "file" };
}

function parseUserContent(json: JsonObject): UserMessageContent {
  const shown = text(json.text) ?? "";
  if (json.type !== "input_tag") return { type: "input_text", text: shown };
  const data = isObject(json.data) ? json.data : {};
  const interactive = json.interactive === true;
  return {
    type: "input_tag",
    id: text(json.id) ?? "",
    text: shown,
    data,
    group: text(json.group),
    interactive,
  };
}

function parseInference(value: unknown): InferenceOptions {
  if (!isObject(value)) return {};
  const tool = isObject(value.tool_choice) ? text(value.tool_choice.id) : undefined;
  return { model: text(value.model), tool_choice: tool ? { id: tool } : undefined };
}

export function parseAssistantContent(value: unknown): AssistantContent {
  if (!isObject(value)) return { text: "", annotations: [] };
  const annotations = objects(value.annotations).map(parseAnnotation);
  return { text: text(value.text) ?? "", annotations: annotations.filter((entry) => entry !== null) };
}

export function parseAnnotation(value: unknown): Annotation | null {
  if (!isObject(value)) return null;
  const source = parseSource(value.source);
  if (!source) return null;
  return { source, index: typeof value.index === "number" ? value.index : undefined };
}

function parseSource(value: unknown): Source | null {
  if (!isObject(value)) return null;
  const title = text(value.title) ?? "";
  const description = text(value.description);
  switch (value.type) {
    case "url": {
      const url = text(value.url) ?? "";
      return { type: "url", title: title || url, url, description, attribution: text(value.attribution) };
    }
    case "file": {
      const filename = text(value.filename) ?? "";
      return { type: "file", title: title || filename, filename, description };
    }
    case "entity": {
      const label = {
        label: text(value.label),
        inline_label: text(value.inline_label),
        icon: text(value.icon),
      };
      const data = isObject(value.data) ? value.data : {};
      const interactive = value.interactive === true;
      return { type: "entity", id: text(value.id) ?? "", title, description, ...label, interactive, data };
    }
    default:
      return null;
  }
}

export function parseTask(value: unknown): Task {
  const json = isObject(value) ? value : {};
  return {
    type: text(json.type) ?? "custom",
    status_indicator: oneOf(json.status_indicator, "none", "loading", "complete"),
    title: text(json.title) || text(json.title_query),
    icon: text(json.icon),
    content: text(json.content),
    queries: strings(json.queries),
    sources: objects(json.sources)
      .map(parseSource)
      .filter((source) => source !== null),
  };
}

function workflow(json: JsonObject): Body<WorkflowItem> {
  const inner = isObject(json.workflow) ? json.workflow : {};
  return {
    type: "workflow",
    workflow: {
      type: oneOf(inner.type, "custom", "reasoning"),
      tasks: objects(inner.tasks).map(parseTask),
      summary: parseSummary(inner.summary),
      expanded: inner.expanded === true,
    },
  };
}

function parseSummary(value: unknown): WorkflowItem["workflow"]["summary"] {
  if (!isObject(value)) return undefined;
  if (typeof value.duration === "number") return { duration: value.duration };
  const title = text(value.title);
  return title ? { title, icon: text(value.icon) } : undefined;
}

function widget(json: JsonObject): Body<WidgetItem> {
  return {
    type: "widget",
    widget: isObject(json.widget) ? json.widget : {},
    copy_text: text(json.copy_text),
  };
}

function generatedImage(json: JsonObject): Body<GeneratedImageItem> {
  return { type: "generated_image", image: parseImage(json.image) };
}

export function parseImage(value: unknown): GeneratedImageItem["image"] {
  if (!isObject(value)) return undefined;
  const url = text(value.url);
  return url ? { id: text(value.id) ?? "", url } : undefined;
}

function structuredInput(json: JsonObject): Body<StructuredInputItem> {
  return {
    type: "structured_input",
    status: oneOf(json.status, "pending", "answered", "skipped"),
    inputs: objects(json.inputs).map((input) => ({
      id: text(input.id) ?? "",
      question: text(input.question) ?? "",
      description: text(input.description),
      options:
        input.type === "multiple_choice"
          ? objects(input.options).map((option) => text(option.value) ?? "")
          : undefined,
      multiple: input.multiple === true,
      answers: isObject(input.answer) ? strings(input.answer.values) : [],
    })),
  };
}

function clientToolCall(json: JsonObject): Body<ClientToolCallItem> {
  return {
    type: "client_tool_call",
    status: oneOf(json.status, "pending", "completed"),
    name: text(json.name) ?? "",
    arguments: isObject(json.arguments) ? json.arguments : {},
  };
}
