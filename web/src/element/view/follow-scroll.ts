/**
 * Where the reader is in a scrolling text, and when to go along with its end. Someone who scrolls up is left alone
 * until they come back near the end.
 */

/** Pixels from the end within which the reader counts as being there. */
const NEAR = 80;
/** Pixels from the end beyond which "scroll to latest" is offered. */
const FAR = 160;
/** Milliseconds after which a text that was just opened is taken to have its final height. */
const SETTLING = 1200;

export class FollowScroll {
  /** The reader is so far from the end that a way back should be offered. */
  far = false;
  readonly #scroller: HTMLElement;
  readonly #changed: () => void;
  readonly #observer: ResizeObserver;
  #near = true;
  #lastTop = 0;
  #followUntil = 0;
  #following = false;

  /** `content` is what grows inside `scroller`; `changed` is called when `far` changes. */
  constructor(scroller: HTMLElement, content: HTMLElement, changed: () => void) {
    this.#scroller = scroller;
    this.#changed = changed;
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(content);
    this.#observer.observe(scroller);
    // Whoever opens something in the text wants to stay where it is.
    scroller.addEventListener("pointerdown", () => {
      this.#followUntil = 0;
    });
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  /** Whether a growing text is followed at all. It still is for a moment after this is turned off. */
  set following(on: boolean) {
    if (this.#following && !on) this.#followUntil = performance.now() + SETTLING / 2;
    this.#following = on;
  }

  /** Goes to the end at once and stays there until the text has its height. */
  jumpToEnd(): void {
    this.#followUntil = performance.now() + SETTLING;
    this.#near = true;
    this.#toEnd("instant");
  }

  glideToEnd(): void {
    this.#near = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    requestAnimationFrame(() => this.#toEnd(calm ? "instant" : "smooth"));
  }

  /** Runs a change that puts content above, and keeps what is read in its place. */
  keepPlace(change: Promise<unknown>): void {
    const { scrollHeight, scrollTop } = this.#scroller;
    void change.then(() =>
      requestAnimationFrame(() => {
        this.#scroller.scrollTop = this.#scroller.scrollHeight - scrollHeight + scrollTop;
      }),
    );
  }

  get nearStart(): boolean {
    return this.#scroller.scrollTop < 240;
  }

  dispose(): void {
    this.#observer.disconnect();
  }

  #resized(): void {
    const follow = this.#following || performance.now() < this.#followUntil;
    if (follow && this.#near) this.#toEnd("instant");
    this.#measure();
  }

  #scrolled(): void {
    const top = this.#scroller.scrollTop;
    if (this.#distance() < NEAR) this.#near = true;
    else if (top < this.#lastTop - 2) {
      this.#near = false;
      this.#followUntil = 0;
    }
    this.#lastTop = top;
    this.#measure();
  }

  #measure(): void {
    const far = this.#distance() > FAR;
    if (far === this.far) return;
    this.far = far;
    this.#changed();
  }

  #distance(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  #toEnd(behavior: ScrollBehavior): void {
    this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior });
  }
}
