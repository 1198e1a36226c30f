/**
 * Keeps the focus in a widget over updates: on the field of the same id, key or name, with its selection, also where
 * the update put another element in its place. And gives a field that asks for it the focus, once.
 */
type Field = HTMLInputElement | HTMLTextAreaElement;

interface Place {
  key: string;
  element: Element;
  selection: readonly [number, number] | null;
}

export class FocusKeeper {
  readonly #host: HTMLElement & { renderRoot: HTMLElement | DocumentFragment };
  readonly #offered = new Set<string>();
  #place: Place | null = null;
  #held: Place | null = null;

  constructor(host: HTMLElement & { renderRoot: HTMLElement | DocumentFragment }) {
    this.#host = host;
  }

  /** Before an update. */
  remember(): void {
    const element = this.#host.shadowRoot?.activeElement;
    const key = element?.getAttribute("data-field");
    this.#place = element && key ? { key, element, selection: selectionOf(element) } : null;
  }

  /** After an update. */
  restore(): void {
    const place = this.#place;
    if (place && !place.element.isConnected) this.#take(place);
    for (const field of this.#host.renderRoot.querySelectorAll<HTMLElement>("[data-autofocus]"))
      this.#offer(field);
  }

  /** While the widget waits nothing in it can have the focus; it comes back to where it is now. */
  hold(): void {
    const element = this.#host.shadowRoot?.activeElement;
    if (element)
      this.#held = {
        key: element.getAttribute("data-field") ?? "",
        element,
        selection: selectionOf(element),
      };
  }

  release(): void {
    const held = this.#held;
    this.#held = null;
    if (!held) return;
    requestAnimationFrame(() => {
      // Unless the reader has gone elsewhere meanwhile.
      if (document.activeElement === document.body || document.activeElement === null) this.#take(held);
    });
  }

  #take({ key, element, selection }: Place): void {
    const same = element.isConnected
      ? element
      : this.#host.renderRoot.querySelector(`[data-field="${CSS.escape(key)}"]`);
    if (!(same instanceof HTMLElement)) return;
    same.focus({ preventScroll: true });
    if (selection && isText(same)) same.setSelectionRange(...selection);
  }

  #offer(field: HTMLElement): void {
    const key = field.getAttribute("data-field") ?? "";
    if (this.#offered.has(key)) return;
    this.#offered.add(key);
    if (!isWriting()) field.focus({ preventScroll: true });
  }
}

/** The reader has begun to write somewhere. */
function isWriting(): boolean {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof Element && isText(active) && active.value !== "";
}

function isText(element: Element): element is Field {
  if (element instanceof HTMLTextAreaElement) return true;
  return (
    element instanceof HTMLInputElement && ["text", "search", "tel", "url", "password"].includes(element.type)
  );
}

function selectionOf(element: Element): readonly [number, number] | null {
  if (!isText(element)) return null;
  return [element.selectionStart ?? 0, element.selectionEnd ?? 0];
}
