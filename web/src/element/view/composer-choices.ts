/** What is chosen beside the text: a tool for this message, and the model. The browser's own menus: they work everywhere. */
import type { ComposerOption } from "@openai/chatkit";
import { html, nothing, type TemplateResult } from "lit";
import { ChevronDown } from "lucide";
import type { Strings } from "../i18n/en";
import { icon } from "../icons/icon";

interface Choice {
  id: string;
  label: string;
  disabled?: boolean;
}

export function toolChoice(
  { tools = [] }: ComposerOption,
  strings: Strings,
  selected: string | null,
  select: (id: string | null) => void,
): TemplateResult | typeof nothing {
  if (tools.length === 0) return nothing;
  const none = { id: "", label: strings.tools };
  const named = tools.map(({ id, label, shortLabel }) => ({
    id,
    label: id === selected ? (shortLabel ?? label) : label,
  }));
  return menu(strings.tools, [none, ...named], selected ?? "", (id) => select(id || null));
}

export function modelChoice(
  { models = [] }: ComposerOption,
  strings: Strings,
  chosen: string | undefined,
  select: (id: string | undefined) => void,
): TemplateResult | typeof nothing {
  if (models.length === 0) return nothing;
  const selected = chosen ?? models.find((model) => model.default)?.id ?? "";
  const choices = selected === "" ? [{ id: "", label: strings.model }, ...models] : models;
  return menu(strings.model, choices, selected, (id) => select(id || undefined));
}

function menu(
  label: string,
  choices: Choice[],
  selected: string,
  choose: (id: string) => void,
): TemplateResult {
  const change = (event: Event) => choose((event.target as HTMLSelectElement).value);
  return html`<span class=${selected ? "select chosen" : "select"}>
    <select aria-label=${label} @change=${change}>
      ${choices.map(
        ({ id, label: text, disabled }) =>
          html`<option value=${id} ?selected=${id === selected} ?disabled=${disabled === true}>${text}</option>`,
      )}
    </select>
    ${icon(ChevronDown, 14)}
  </span>`;
}
