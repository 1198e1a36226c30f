/** The tools that this page offers to the agent: the demo asks for the size of the window. */

export function runClientTool({ name }: { name: string }): Record<string, unknown> {
  if (name === "window_size") return { width: window.innerWidth, height: window.innerHeight };
  return { error: `this page has no tool ${name}` };
}
