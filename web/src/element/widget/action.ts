/** Reads an action of a widget: what is to be done, who does it, and what shows that it is being done. */
import { isObject, type JsonObject, text } from "../protocol/json";
import { among } from "./component";
import type { Occasion } from "./context";

export interface Action {
  type: string;
  payload?: JsonObject;
  /** `client`: the page does it, and nothing goes to the server. */
  handler: "server" | "client";
  /** The server answers with a stream; else with the changed item at once. */
  streaming: boolean;
  loading: "none" | "self" | "container";
}

/** Null for what has no type: nobody could tell what to do. */
export function readAction(value: unknown, occasion: Occasion): Action | null {
  const type = isObject(value) ? text(value.type) : undefined;
  if (!isObject(value) || !type) return null;
  const loading = among(value.loadingBehavior, ["none", "self", "container"]) ?? AUTOMATIC[occasion];
  return {
    type,
    payload: isObject(value.payload) ? value.payload : undefined,
    handler: value.handler === "client" ? "client" : "server",
    streaming: value.streaming !== false,
    loading,
  };
}

const AUTOMATIC: Readonly<Record<Occasion, Action["loading"]>> = {
  click: "self",
  cancel: "self",
  change: "none",
  submit: "container",
  confirm: "container",
};

/** While an answer is written, only what needs no stream of its own can be done. */
export function needsStream(action: Action): boolean {
  return action.handler === "server" && action.streaming;
}

/** What `<chatkit-widget>` asks its surroundings for, as the detail of a `widget-action` event. */
export interface ActionRequest {
  itemId: string;
  widget: JsonObject;
  action: Pick<Action, "type" | "payload">;
  handler: Action["handler"];
  streaming: boolean;
  /** Whoever does it says when it is over, whatever came of it. */
  waitUntil(work: Promise<boolean>): void;
}
