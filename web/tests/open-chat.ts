/** The element's chat without its element, and what it has told its page. */
import type { ChatKitOptions } from "@openai/chatkit";
import { Transport } from "../src/element/protocol/transport";
import { Chat } from "../src/element/session/chat";

export function openChat(fake: { api: ChatKitOptions["api"] }, options: Partial<ChatKitOptions> = {}) {
  const events: [string, unknown][] = [];
  const all: ChatKitOptions = { api: fake.api, ...options };
  const host = {
    options: all,
    emit: (type: string, ...detail: unknown[]) => events.push([type, detail[0]]),
    report: (error: unknown) => events.push(["report", error]),
    changed: () => undefined,
  };
  const transport = new Transport({
    api: () => all.api,
    locale: () => "en",
    home: new URL("http://127.0.0.1/"),
  });
  const chat = new Chat(host as never, transport);
  const named = (...names: string[]) => events.filter(([name]) => names.includes(name));
  return { chat, events, named };
}

export const shown = (chat: Chat) =>
  chat.conversation.state.items.map((item) =>
    item.type === "assistant_message" ? item.content.map((part) => part.text).join("") : item.id,
  );
export const hello = {
  content: [{ type: "input_text" as const, text: "Hi" }],
  attachments: [],
  inference: {},
};
