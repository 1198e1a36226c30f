/** How the chat looks on this page, and what it suggests to begin with. */
import type { ChatKitOptions, StartScreenPrompt, ThemeOption } from "@openai/chatkit";
import type { ColorScheme } from "./color-scheme";

export const PROMPTS: StartScreenPrompt[] = [
  { label: "What can you do here?", prompt: "What can you do here?", icon: "sparkle" },
  {
    label: "Compare three sorting algorithms in a table",
    prompt: "Compare three sorting algorithms in a table, with a short example in Python.",
    icon: "chart",
  },
  {
    label: "What time is it? Use a tool",
    prompt: "What time is it? Use a tool.",
    icon: "clock",
  },
  { label: "Think about a riddle", prompt: "Think about a riddle step by step.", icon: "lightbulb" },
];

/** The colours of the page around it (page.css). */
const SURFACES = {
  light: { background: "#ffffff", foreground: "#1b1d26" },
  dark: { background: "#121319", foreground: "#ecedf3" },
};

export function chatTheme(scheme: ColorScheme): ChatKitOptions["theme"] {
  const theme: ThemeOption = {
    colorScheme: scheme,
    radius: "round",
    color: {
      grayscale: { hue: 262, tint: 3 },
      accent: { primary: scheme === "dark" ? "#8ea2ff" : "#3f5bd9", level: 2 },
      surface: SURFACES[scheme],
    },
  };
  return theme;
}
