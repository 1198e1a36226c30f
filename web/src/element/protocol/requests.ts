/** The operations of the ChatKit protocol, as they are sent. */
import type { InferenceOptions, UserMessageContent } from "./items";

export interface MessageInput {
  content: UserMessageContent[];
  /** Ids of uploaded files. */
  attachments: string[];
  quoted_text: string;
  inference_options: InferenceOptions;
}

export interface CustomAction {
  type: string;
  payload?: Record<string, unknown>;
}

/** Answers to questions of the assistant, by the question's id. */
export interface Submission {
  status: "answered" | "skipped";
  answers: Record<string, { values: string[]; skipped: boolean }>;
}

/** Answered with a stream of events. */
export type StreamingRequest =
  | { type: "threads.create"; params: { input: MessageInput } }
  | { type: "threads.add_user_message"; params: { thread_id: string; input: MessageInput } }
  | { type: "threads.retry_after_item"; params: { thread_id: string; item_id: string } }
  | { type: "threads.add_client_tool_output"; params: { thread_id: string; result: unknown } }
  | {
      type: "threads.add_structured_input";
      params: { thread_id: string; item_id: string; input: Submission };
    }
  | { type: "threads.custom_action"; params: ActionParams };

export interface ActionParams {
  thread_id: string;
  item_id?: string;
  action: CustomAction;
}

interface Paging {
  limit: number;
  order: "asc" | "desc";
  after?: string;
}

/** Answered with one JSON value. */
export type JsonRequest =
  | { type: "threads.get_by_id"; params: { thread_id: string } }
  | { type: "threads.list"; params: Paging }
  | { type: "threads.update"; params: { thread_id: string; title: string } }
  | { type: "threads.delete"; params: { thread_id: string } }
  | { type: "items.list"; params: Paging & { thread_id: string } }
  | { type: "threads.sync_custom_action"; params: ActionParams }
  | { type: "attachments.create"; params: { name: string; size: number; mime_type: string } }
  | { type: "attachments.delete"; params: { attachment_id: string } }
  | { type: "input.transcribe"; params: { audio_base64: string; mime_type: string } }
  | {
      type: "items.feedback";
      params: { thread_id: string; item_ids: string[]; kind: "positive" | "negative" };
    };
