/** Entities that the page wants to hear of: pressed, or pointed at. The events find their way out of every shadow root. */
import type { Entity } from "@openai/chatkit";
import type { EntitySource } from "../protocol/items";
import type { Tag } from "../session/tag-text";

export interface Pointing {
  entity: Entity;
  /** Where it stands on the screen. */
  anchor: DOMRect;
}

export function ofTag({ id, text, group, data, interactive }: Tag): Entity {
  return { id, title: text, group, data: data as Record<string, string>, interactive };
}

export function ofSource({ id, title, icon, interactive, data }: EntitySource): Entity {
  return { id, title, icon, interactive, data: data as Record<string, string> };
}

export function press(from: EventTarget, entity: Entity): void {
  fire(from, "entity-press", entity);
}

export function point(from: Element, entity: Entity): void {
  fire(from, "entity-point", { entity, anchor: from.getBoundingClientRect() } satisfies Pointing);
}

export function leave(from: EventTarget): void {
  fire(from, "entity-leave", undefined);
}

function fire(from: EventTarget, type: string, detail: unknown): void {
  from.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
