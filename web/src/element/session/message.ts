/** Builds a user's message in its two forms: what is sent, and what is shown until the stored one comes back. */
import type { Attachment, InferenceOptions, UserMessageContent, UserMessageItem } from "../protocol/items";
import type { MessageInput } from "../protocol/requests";

export interface Message {
  content: UserMessageContent[];
  attachments: Attachment[];
  reply?: string;
  inference: InferenceOptions;
}

export function isBlank(message: Message): boolean {
  const hasContent = message.content.some((part) => part.type === "input_tag" || part.text.trim() !== "");
  return !hasContent && message.attachments.length === 0;
}

export function toInput(message: Message): MessageInput {
  return {
    content: message.content,
    attachments: message.attachments.map((attachment) => attachment.id),
    quoted_text: message.reply ?? "",
    inference_options: message.inference,
  };
}

export function toShownItem(message: Message, threadId: string): UserMessageItem {
  return {
    type: "user_message",
    id: "sending",
    thread_id: threadId,
    created_at: "",
    content: message.content,
    attachments: message.attachments,
    quoted_text: message.reply || undefined,
    inference_options: message.inference,
  };
}
