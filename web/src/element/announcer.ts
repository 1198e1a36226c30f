/** What a screen reader is told about an answer: that it began, and what it says once it is complete. */
import type { Strings } from "./i18n/en";
import type { Conversation, Phase } from "./session/conversation";
import { answerText, groupTurns } from "./thread/turns";

export class Announcer {
  text = "";
  #before: Phase = "idle";

  /** To be called before each drawing. */
  update({ phase, state, reconnecting }: Conversation, strings: Strings): void {
    if (phase === "answering" && this.#before !== "answering") this.text = strings.answering;
    if (reconnecting) this.text = strings.reconnecting;
    else if (this.text === strings.reconnecting) this.text = phase === "answering" ? strings.answering : "";
    if (phase === "idle" && this.#before === "answering") {
      const answer = groupTurns(state.items).at(-1)?.answer ?? [];
      this.text = plain(answerText(answer));
    }
    if (phase === "loading") this.text = "";
    this.#before = phase;
  }
}

/** Nobody listens to more in one go; the answer itself can be read at one's own pace. */
const LONGEST = 3000;

/** Without the marks of Markdown, which would be read out. */
function plain(markdown: string): string {
  return markdown
    .slice(0, LONGEST)
    .replace(/```[\w-]*/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_`#>|~]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
