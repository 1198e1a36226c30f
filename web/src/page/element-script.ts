/**
 * Gets `<openai-chatkit>` defined: by OpenAI's script where the server is set up for it, else by this server's own.
 *
 * The name of an element can be taken once in a document. So when OpenAI's script fails the page does not load the
 * other beside it: it remembers the failure and starts anew, and then takes only its own.
 */

const OWN_SCRIPT = import.meta.env.DEV ? "/src/element/index.ts" : "/chatkit.js";
const FAILURE_KEY = "chatkit.openai-failure";
/** Milliseconds within which OpenAI's script has to arrive and define the element. */
const PATIENCE = 10_000;
/** Milliseconds after which an element that is still there has passed OpenAI's check of the domain. */
const WATCH = 40_000;

export type ElementOrigin = "openai" | "own";

export interface LoadedElement {
  origin: ElementOrigin;
  /** Why OpenAI's element is not used although the server asks for it. */
  failure: string | null;
}

export async function loadElement(openaiScript: string | null): Promise<LoadedElement> {
  const failure = sessionStorage.getItem(FAILURE_KEY);
  if (openaiScript === null || failure !== null) {
    await loadScript(OWN_SCRIPT);
    return { origin: "own", failure: openaiScript === null ? null : failure };
  }
  try {
    await within(PATIENCE, loadScript(openaiScript), `${openaiScript} did not load in time`);
    await within(PATIENCE, customElements.whenDefined("openai-chatkit"), "it did not define the element");
    return { origin: "openai", failure: null };
  } catch (error) {
    return fallBack(error instanceof Error ? error.message : String(error));
  }
}

/** Starts the page anew with its own element. Never returns. */
export function fallBack(reason: string): Promise<never> {
  sessionStorage.setItem(FAILURE_KEY, reason);
  location.reload();
  return new Promise(() => undefined);
}

/** Forgets the failure and tries OpenAI's script once more. */
export function tryOpenAiAgain(): void {
  sessionStorage.removeItem(FAILURE_KEY);
  location.reload();
}

/** Milliseconds within which OpenAI's element has to say that it is ready: its frame comes from another host. */
export const READY_WITHIN = 20_000;

/** Calls `onGone` when the element takes itself out of `container`, as OpenAI's does where it finds the domain wanting. */
export function watchForRemoval(container: HTMLElement, onGone: () => void): () => void {
  const observer = new MutationObserver(() => {
    if (container.querySelector("openai-chatkit")) return;
    stop();
    onGone();
  });
  const timer = setTimeout(() => stop(), WATCH);
  const stop = () => {
    clearTimeout(timer);
    observer.disconnect();
  };
  observer.observe(container, { childList: true, subtree: true });
  if (!container.querySelector("openai-chatkit")) {
    stop();
    onGone();
  }
  return stop;
}

function loadScript(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.type = "module";
    script.src = src;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${src} could not be loaded`));
    document.head.append(script);
  });
}

function within<T>(milliseconds: number, work: Promise<T>, reason: string): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error(reason)), milliseconds)),
  ]);
}
