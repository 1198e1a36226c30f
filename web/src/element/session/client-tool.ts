/** Runs the page's `onClientTool` for a call that the answer has just ended with. */
import type { StreamingRequest } from "../protocol/requests";
import type { ThreadState } from "../thread/state";
import type { Host } from "./host";

/**
 * The request that carries the tool's result, or null when the answer did not end with a call. A tool that throws is
 * answered as well, because the server waits. Calls in a thread that was loaded are never run: only a stream brings here.
 */
export async function clientToolOutput(host: Host, state: ThreadState): Promise<StreamingRequest | null> {
  const call = state.items.at(-1);
  const { onClientTool } = host.options;
  const thread_id = state.thread?.id;
  if (call?.type !== "client_tool_call" || call.status !== "pending" || !onClientTool || !thread_id)
    return null;
  let result: unknown;
  try {
    result = await onClientTool({ name: call.name, params: call.arguments });
  } catch (error) {
    host.report(error);
    result = { error: error instanceof Error ? error.message : "the tool failed" };
  }
  return { type: "threads.add_client_tool_output", params: { thread_id, result } };
}
