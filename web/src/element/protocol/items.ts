/**
 * The items of a thread as the element knows them. Names and fields are those of the ChatKit protocol.
 * Servers may be newer than this file: what it does not know arrives as `UnknownItem` and is still shown.
 */
import type { Attachment, UserMessageContent } from "@openai/chatkit";
import type { JsonObject } from "./json";

export type { Attachment, UserMessageContent };

interface ItemBase {
  id: string;
  thread_id: string;
  created_at: string;
}

export interface InferenceOptions {
  model?: string;
  tool_choice?: { id: string };
}

export interface UserMessageItem extends ItemBase {
  type: "user_message";
  content: UserMessageContent[];
  attachments: Attachment[];
  quoted_text?: string;
  inference_options: InferenceOptions;
}

export interface UrlSource {
  type: "url";
  title: string;
  url: string;
  description?: string;
  attribution?: string;
}

export interface FileSource {
  type: "file";
  title: string;
  filename: string;
  description?: string;
}

export interface EntitySource {
  type: "entity";
  title: string;
  id: string;
  icon?: string;
  description?: string;
  label?: string;
  inline_label?: string;
  interactive: boolean;
  data: JsonObject;
}

export type Source = UrlSource | FileSource | EntitySource;

/** A reference to a source; `index` is a place in the text, counted in code points. */
export interface Annotation {
  source: Source;
  index?: number;
}

export interface AssistantContent {
  text: string;
  annotations: Annotation[];
}

export interface AssistantMessageItem extends ItemBase {
  type: "assistant_message";
  content: AssistantContent[];
}

export interface Task {
  type: string;
  status_indicator: "none" | "loading" | "complete";
  title?: string;
  icon?: string;
  content?: string;
  queries: string[];
  sources: Source[];
}

export interface WorkflowItem extends ItemBase {
  type: "workflow";
  workflow: {
    type: "custom" | "reasoning";
    tasks: Task[];
    summary?: { title: string; icon?: string } | { duration: number };
    expanded: boolean;
  };
}

export interface TaskItem extends ItemBase {
  type: "task";
  task: Task;
}

export interface WidgetItem extends ItemBase {
  type: "widget";
  widget: JsonObject;
  copy_text?: string;
}

export interface GeneratedImageItem extends ItemBase {
  type: "generated_image";
  image?: { id: string; url: string };
}

export interface StructuredInputItem extends ItemBase {
  type: "structured_input";
  status: "pending" | "answered" | "skipped";
  inputs: Question[];
}

export interface Question {
  id: string;
  question: string;
  description?: string;
  /** What may be chosen; a question without is answered in words. */
  options?: string[];
  multiple: boolean;
  answers: string[];
}

export interface ClientToolCallItem extends ItemBase {
  type: "client_tool_call";
  status: "pending" | "completed";
  name: string;
  arguments: JsonObject;
}

/** Items that mark a place for the server and draw nothing. */
export interface SilentItem extends ItemBase {
  type: "silent";
}

export interface UnknownItem extends ItemBase {
  type: "unknown";
  /** The type that the server named. */
  kind: string;
  /** What can be read of it, empty when nothing can. */
  text: string;
}

export type ThreadItem =
  | UserMessageItem
  | AssistantMessageItem
  | WorkflowItem
  | TaskItem
  | WidgetItem
  | GeneratedImageItem
  | StructuredInputItem
  | ClientToolCallItem
  | SilentItem
  | UnknownItem;
