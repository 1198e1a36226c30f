/**
 * `<chatkit-widget>`: one widget of the thread. Keeps what the reader has entered and unfolded over every update of
 * the tree. Fires `widget-action` for what is pressed and `widget-error` for what cannot be drawn; sends nothing itself.
 */
import { html, LitElement, type PropertyValues } from "lit";
import { property } from "lit/decorators.js";
import { SquareDashed } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import { WidgetItemError } from "../protocol/errors";
import type { WidgetItem } from "../protocol/items";
import { baseStyles } from "../theme/base-styles";
import { type Action, type ActionRequest, needsStream, readAction } from "./action";
import { type Component, childrenOf, kindOf, words } from "./component";
import type { Drawn, Stage, Trigger } from "./context";
import { drawWidget } from "./draw";
import { Fields } from "./fields";
import { FocusKeeper } from "./focus-keeper";
import { formValues, withValues } from "./form-values";
import { widgetStyles } from "./styles";

export class WidgetElement extends LitElement {
  static override styles = [baseStyles, ...widgetStyles];

  @property({ attribute: false }) item!: WidgetItem;
  @property({ attribute: false }) strings!: Strings;
  @property({ attribute: false }) imageDomains: readonly string[] | undefined;
  /** No stream can be begun now. */
  @property({ type: Boolean }) busy = false;
  /** The answer that it belongs to is being written. */
  @property({ type: Boolean }) live = false;

  readonly #fields = new Fields();
  readonly #unfolded = new Set<string>();
  readonly #done = new Set<string>();
  /** Paths of nodes whose action runs, and what shows it. */
  readonly #running = new Map<string, Action["loading"]>();
  readonly #focus = new FocusKeeper(this);
  #labelled: ReadonlySet<string> = new Set();
  #broken: Component | null = null;
  readonly #stage: Stage = this.#offer();

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#focus.remember();
    if (!changed.has("item")) return;
    const labelled = new Set<string>();
    collectLabels(this.item.widget, labelled, 0);
    this.#labelled = labelled;
  }

  protected override render() {
    const waiting = [...this.#running.values()].includes("container");
    return html`<div class=${waiting ? "widget waiting" : "widget"} ?inert=${waiting} aria-busy=${waiting}>
      ${this.#content()}
    </div>`;
  }

  protected override updated(): void {
    this.#focus.restore();
  }

  #content(): Drawn {
    try {
      return drawWidget(this.item.widget, this.#stage);
    } catch (error) {
      this.#report(error);
      return html`<div class="broken" data-testid="widget-broken">
        ${icon(SquareDashed, 14)} ${this.item.copy_text || this.strings.widgetBroken}
      </div>`;
    }
  }

  #offer(): Stage {
    const widget = this;
    return {
      get strings() {
        return widget.strings;
      },
      get imageDomains() {
        return widget.imageDomains;
      },
      get live() {
        return widget.live;
      },
      fields: this.#fields,
      trigger: (trigger) => this.#act(trigger),
      isWaiting: (path) => this.#running.get(path) === "self",
      isBlocked: (action) => this.#isBlocked(action),
      isUnfolded: (path) => this.#unfolded.has(path),
      unfold: (path, unfolded) => {
        if (unfolded) this.#unfolded.add(path);
        else this.#unfolded.delete(path);
        this.requestUpdate();
      },
      isDone: (path) => this.#done.has(path),
      isLabelled: (name) => this.#labelled.has(name),
      changed: () => this.requestUpdate(),
      report: (error) => this.#report(error),
    };
  }

  #isBlocked(value: unknown): boolean {
    const action = readAction(value, "click");
    return action !== null && this.busy && needsStream(action);
  }

  #act({ path, action: value, occasion, form, own }: Trigger): void {
    const action = readAction(value, occasion);
    // One press is one action: what runs from this place has to end first. A changed value is news each time.
    if (!action || this.#isBlocked(value) || (this.#running.has(path) && occasion !== "change")) return;
    const values = form ? formValues(form, this.#fields) : own ? [own] : [];
    const { payload, conflicts } = withValues(action.payload, values);
    for (const name of conflicts) {
      this.#tell(new WidgetItemError(`the payload of "${action.type}" has a field "${name}" already`));
    }
    let work: Promise<boolean> = Promise.resolve(false);
    const detail: ActionRequest = {
      itemId: this.item.id,
      widget: this.item.widget,
      action: payload ? { type: action.type, payload } : { type: action.type },
      handler: action.handler,
      streaming: action.streaming,
      waitUntil: (promise) => {
        work = promise;
      },
    };
    this.dispatchEvent(new CustomEvent("widget-action", { detail, bubbles: true, composed: true }));
    void this.#wait(path, action.loading, work, occasion === "confirm");
  }

  async #wait(
    path: string,
    loading: Action["loading"],
    work: Promise<boolean>,
    main: boolean,
  ): Promise<void> {
    this.#running.set(path, loading);
    if (loading === "container") this.#focus.hold();
    this.requestUpdate();
    const succeeded = await work.catch(() => false);
    this.#running.delete(path);
    if (succeeded && main) this.#done.add(path.replace(/\/confirm$/, ""));
    this.#focus.release();
    this.requestUpdate();
  }

  /** Once for each form that the widget takes. */
  #report(cause: unknown): void {
    if (this.#broken === this.item.widget) return;
    this.#broken = this.item.widget;
    this.#tell(new WidgetItemError("a widget cannot be drawn", { cause }));
  }

  #tell(error: WidgetItemError): void {
    const tell = () =>
      this.dispatchEvent(new CustomEvent("widget-error", { detail: error, bubbles: true, composed: true }));
    // Not while the frame around it is being drawn.
    queueMicrotask(tell);
  }
}

const DEEPEST = 60;

function collectLabels(component: Component, found: Set<string>, depth: number): void {
  if (depth > DEEPEST) return;
  if (kindOf(component) === "Label") found.add(words(component.fieldName));
  for (const child of childrenOf(component)) collectLabels(child, found, depth + 1);
}
