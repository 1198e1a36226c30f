/** `<chatkit-form>`: questions of the assistant, to be answered or skipped. Fires `form-answer`; sends nothing itself. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { MessageCircleQuestionMark } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";
import type { Question, StructuredInputItem } from "../protocol/items";
import type { Submission } from "../protocol/requests";
import { baseStyles } from "../theme/base-styles";
import { formStyles } from "./form-styles";
import { isTouchOnly } from "./touch";

export interface FormAnswer {
  itemId: string;
  input: Submission;
}

export class FormElement extends LitElement {
  static override styles = [baseStyles, formStyles];

  @property({ attribute: false }) item!: StructuredInputItem;
  @property({ attribute: false }) strings!: Strings;
  /** No answer can be given now. */
  @property({ type: Boolean }) disabled = false;

  protected override render() {
    const { item, strings, disabled } = this;
    return html`<form aria-label=${strings.question} data-testid="form" @submit=${this.#submit}>
      <div class="note">${icon(MessageCircleQuestionMark, 14)} ${strings.question}</div>
      ${item.inputs.map((question, at) => (question.options ? this.#choice(question, at) : this.#text(question, at)))}
      <div class="actions">
        <button type="button" class="button" ?disabled=${disabled} data-testid="form-skip" @click=${this.#skip}>
          ${strings.skip}
        </button>
        <button type="submit" class="button solid" ?disabled=${disabled} data-testid="form-send">
          ${strings.sendAnswers}
        </button>
      </div>
    </form>`;
  }

  /** It takes the place of what had the focus; the reader goes on by keyboard. */
  protected override firstUpdated(): void {
    if (document.activeElement !== document.body || isTouchOnly()) return;
    this.renderRoot.querySelector<HTMLElement>("input, textarea")?.focus({ preventScroll: true });
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get("item");
    // What was entered belongs to the form that was there.
    if (before && before.id !== this.item.id) this.#form?.reset();
  }

  #choice(question: Question, at: number): TemplateResult {
    const { strings, disabled } = this;
    const type = question.multiple ? "checkbox" : "radio";
    return html`<fieldset ?disabled=${disabled}>
      <legend dir="auto">${question.question}</legend>
      ${question.options?.map(
        (option) => html`<label class="option">
          <input type=${type} name=${`q${at}`} value=${option} @change=${this.#chosen} />
          <span dir="auto">${option}</span>
        </label>`,
      )}
      <input
        type="text"
        name=${`other${at}`}
        dir="auto"
        autocomplete="off"
        aria-label=${strings.otherAnswerTo(question.question)}
        placeholder=${strings.otherAnswer}
        @input=${this.#written}
      />
    </fieldset>`;
  }

  #text(question: Question, at: number): TemplateResult {
    const { description } = question;
    return html`<div class="field">
      <label for=${`q${at}`} dir="auto">${question.question}</label>
      ${description ? html`<p id=${`about${at}`} class="about" dir="auto">${description}</p>` : nothing}
      <textarea
        id=${`q${at}`}
        name=${`q${at}`}
        rows="2"
        dir="auto"
        aria-describedby=${description ? `about${at}` : nothing}
        ?disabled=${this.disabled}
      ></textarea>
    </div>`;
  }

  get #form(): HTMLFormElement | null {
    return this.renderRoot.querySelector("form");
  }

  /** Of a single choice, what is picked and what is written replace each other. */
  readonly #chosen = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement) || target.type !== "radio") return;
    const other = target.closest("fieldset")?.querySelector<HTMLInputElement>("input[type=text]");
    if (other) other.value = "";
  };

  readonly #written = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement) || !target.value.trim()) return;
    for (const radio of target.closest("fieldset")?.querySelectorAll<HTMLInputElement>("input[type=radio]") ??
      [])
      radio.checked = false;
  };

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.disabled || !this.#form) return;
    const given = new FormData(this.#form);
    const answers: Submission["answers"] = {};
    this.item.inputs.forEach(({ id }, at) => {
      const said = [...given.getAll(`q${at}`), ...given.getAll(`other${at}`)].map((value) =>
        String(value).trim(),
      );
      const values = said.filter(Boolean);
      answers[id] = { values, skipped: values.length === 0 };
    });
    const answered = Object.values(answers).some(({ skipped }) => !skipped);
    this.#answer({ status: answered ? "answered" : "skipped", answers });
  };

  readonly #skip = (): void => this.#answer({ status: "skipped", answers: {} });

  #answer(input: Submission): void {
    const detail: FormAnswer = { itemId: this.item.id, input };
    this.dispatchEvent(new CustomEvent("form-answer", { detail }));
  }
}
