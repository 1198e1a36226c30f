/** What a component's drawing is given besides its own JSON. */
import type { nothing, TemplateResult } from "lit";
import type { Strings } from "../i18n/en";
import type { Component } from "./component";
import type { Fields } from "./fields";

export type Drawn = TemplateResult | typeof nothing;
export type Drawing = (component: Component, context: Context) => Drawn;

/** The form that a component stands in: its fields go with every action. */
export interface Form {
  component: Component;
  path: string;
}

export type Occasion = "click" | "change" | "submit" | "confirm" | "cancel";

export interface Trigger {
  /** Path of the node that shows that it waits. */
  path: string;
  /** As it came: `type`, `payload`, `handler`, `loadingBehavior`, `streaming`. */
  action: unknown;
  occasion: Occasion;
  /** The form whose values go with it. */
  form: Form | null;
  /** What the control itself says, where it stands in no form. */
  own?: readonly [name: string, value: unknown];
}

/** What the widget that is being drawn offers to all of its components. */
export interface Stage {
  readonly strings: Strings;
  readonly fields: Fields;
  /** Where Markdown may show images from; absent: anywhere. */
  readonly imageDomains: readonly string[] | undefined;
  /** The answer that the widget belongs to is being written, so that a field may take the focus. */
  readonly live: boolean;
  trigger(trigger: Trigger): void;
  /** The node waits for what its action does. */
  isWaiting(path: string): boolean;
  /** The action cannot be sent now. */
  isBlocked(action: unknown): boolean;
  /** Whether the reader has unfolded, or expanded, what is named so. */
  isUnfolded(path: string): boolean;
  unfold(path: string, unfolded: boolean): void;
  /** The main action of this card has been done here. */
  isDone(path: string): boolean;
  /** A Label names the field of that name. */
  isLabelled(name: string): boolean;
  /** A value was entered: draw again. */
  changed(): void;
  report(error: Error): void;
}

export interface Context {
  readonly stage: Stage;
  /** Where the component stands: stable over updates for nodes with an id or a key. */
  readonly path: string;
  readonly form: Form | null;
  /** The layout direction of the parent. */
  readonly along: "row" | "column";
  /** In the header row of a table. */
  readonly inHeader: boolean;
  /** Draws the children of a component, or others in their place. */
  children(component: Component, changes?: Partial<Pick<Context, "form" | "along" | "inHeader">>): Drawn;
}
