/** There is no keyboard but the one on the screen: Enter makes a new line, and focus brings that keyboard up. */
export function isTouchOnly(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}
