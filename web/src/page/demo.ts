/** What this page adds for the demo model: prompts for what it can show, and cities that it knows by mention. */
import type { EntitiesOption, StartScreenPrompt } from "@openai/chatkit";
import { PROMPTS } from "./presentation";

export const DEMO_PROMPTS: StartScreenPrompt[] = [
  ...PROMPTS.slice(0, 2),
  { label: "Show me a widget that I can click in", prompt: "/widget", icon: "square-image" },
  { label: "Ask me something in a form", prompt: "/order", icon: "notebook-pencil" },
];

const CITIES = ["Riga", "Tokyo", "London", "New York", "Sydney"];

export const DEMO_ENTITIES: EntitiesOption = {
  showComposerMenu: true,
  onTagSearch: async (query) =>
    CITIES.filter((city) => city.toLowerCase().includes(query.toLowerCase())).map((city) => ({
      id: `city:${city.toLowerCase()}`,
      title: city,
      group: "Cities",
      icon: "map-pin",
    })),
};
