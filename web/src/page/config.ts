/** What the server says about itself to the page. */
import type { ComposerOption } from "@openai/chatkit";

export interface PageConfig {
  /** OpenAI's script, when the server is set up to try it first; null: only the element of this server. */
  chatkitScriptUrl: string | null;
  domainKey: string;
  agent: string;
  /** Null where the agent decides for itself. */
  model: string | null;
  /** What the composer offers beside text: files, models, tools, dictation. */
  composer?: ComposerOption;
}

export async function loadConfig(): Promise<PageConfig> {
  const response = await fetch("/config.json");
  if (!response.ok) throw new Error(await refusal(response));
  return (await response.json()) as PageConfig;
}

/** What the server says, such as that one has to sign in, without the full stop that the page puts after it. */
async function refusal(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const message = (body as { message?: unknown } | null)?.message;
  if (typeof message === "string") return message.replace(/[.。]$/u, "");
  return `/config.json was answered with status ${response.status}`;
}
