/**
 * Does what the reader pressed in a widget: in the page, as an answer of the server, or as a question that the server
 * answers at once. Failures are shown and reported, never thrown.
 */
import type { OpenAIChatKit, WidgetsOption } from "@openai/chatkit";
import type { ProtocolClient } from "../protocol/client";
import { RequestError } from "../protocol/errors";
import { isObject } from "../protocol/json";
import { parseItem } from "../protocol/parse-item";
import type { CustomAction } from "../protocol/requests";
import type { Answers } from "./answers";
import type { Conversation } from "./conversation";
import type { Host } from "./host";

type PageAction = Parameters<OpenAIChatKit["sendCustomAction"]>[0];
type PageWidget = Parameters<NonNullable<WidgetsOption["onAction"]>>[1]["widget"];

export interface Pressed {
  itemId: string;
  widget: unknown;
  action: CustomAction;
  handler: "client" | "server";
  streaming: boolean;
}

export class Actions {
  readonly #host: Host;
  readonly #client: ProtocolClient;
  readonly #conversation: Conversation;
  readonly #answers: Answers;

  constructor(host: Host, client: ProtocolClient, conversation: Conversation, answers: Answers) {
    this.#host = host;
    this.#client = client;
    this.#conversation = conversation;
    this.#answers = answers;
  }

  /** Whether it was done. */
  async perform(pressed: Pressed): Promise<boolean> {
    if (pressed.handler === "client") return this.#inPage(pressed);
    return pressed.streaming ? this.#asAnswer(pressed) : this.#atOnce(pressed);
  }

  async #inPage({ action, itemId, widget }: Pressed): Promise<boolean> {
    try {
      await this.#host.options.widgets?.onAction?.(action as PageAction, {
        id: itemId,
        widget: widget as PageWidget,
      });
      return true;
    } catch (error) {
      this.#host.report(error);
      return false;
    }
  }

  async #asAnswer({ action, itemId }: Pressed): Promise<boolean> {
    if (this.#conversation.phase !== "idle") return false;
    await this.#answers.act(action, itemId);
    return this.#conversation.state.failure === null;
  }

  async #atOnce({ action, itemId }: Pressed): Promise<boolean> {
    const { visit, state } = this.#conversation;
    if (!state.thread) return false;
    const params = { thread_id: state.thread.id, item_id: itemId, action };
    try {
      const answer = await this.#client.json({ type: "threads.sync_custom_action", params });
      const item = isObject(answer) ? parseItem(answer.updated_item) : null;
      if (item && !visit.aborted) this.#conversation.apply({ type: "thread.item.replaced", item });
      return true;
    } catch (error) {
      this.#host.report(error);
      if (!visit.aborted) this.#show(error);
      return false;
    }
  }

  /** There is nothing to retry: the reader presses again. */
  #show(error: unknown): void {
    const sentence = error instanceof RequestError ? error.sentence : undefined;
    const code = error instanceof RequestError ? "request" : "connection";
    const failure = { code, message: sentence, allowRetry: false };
    this.#conversation.set({ ...this.#conversation.state, failure });
  }
}
