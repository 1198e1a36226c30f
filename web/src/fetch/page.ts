/**
 * Whether the reader can have meant it. Stop and the end of a page look the same to a request: both abort it. So do
 * widgets that close their connections while their tab is hidden, and ask again when it is shown.
 */
let leaving = false;

globalThis.addEventListener?.("pagehide", () => {
  leaving = true;
});
globalThis.addEventListener?.("pageshow", () => {
  leaving = false;
});

/** False while the page is being left or cannot be seen: nobody can press Stop there. */
export function canBeStopped(): boolean {
  return !leaving && globalThis.document?.visibilityState !== "hidden";
}
