/** What the controllers need of the element that they live in. */
import type { ChatKitEvents, ChatKitOptions } from "@openai/chatkit";

type Detail<K extends keyof ChatKitEvents> =
  ChatKitEvents[K] extends CustomEvent<infer D> ? (D extends void ? [] : [detail: D]) : never;

export interface Host {
  /** The newest options; never kept, because they may be replaced at any time. */
  readonly options: ChatKitOptions;
  /** Dispatches one of the element's public events. */
  emit<K extends keyof ChatKitEvents>(type: K, ...detail: Detail<K>): void;
  /** Reports a failure worth logging as `chatkit.error`. */
  report(error: unknown): void;
  /** Some state changed: draw at the next frame. */
  changed(): void;
}
