"""Exports as Agent Builder writes them, construct by construct, of a library that does not exist."""

IMPORTS = """\
from agents import (
    FileSearchTool, WebSearchTool, CodeInterpreterTool, HostedMCPTool, function_tool,
    RunContextWrapper, Agent, ModelSettings, TResponseInputItem, Runner, RunConfig, trace,
)
from openai import AsyncOpenAI
from types import SimpleNamespace
from openai.types.shared.reasoning import Reasoning
from pydantic import BaseModel
"""

TOOLS = """
shelves = FileSearchTool(vector_store_ids=["vs_shelves"])
web_search_preview = WebSearchTool(
    search_context_size="low", user_location={"type": "approximate", "country": "NL"})
code_interpreter = CodeInterpreterTool(tool_config={
    "type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file_tariffs"]}})
mcp = HostedMCPTool(tool_config={
    "type": "mcp",
    "server_label": "desk",
    "server_url": "https://mcp.example.org/sse",
    "allowed_tools": ["hold_book"],
    "authorization": "a-token-in-clear-text",
    "require_approval": "always",
})

@function_tool
def renew_loan(card: str, barcode: str):
    pass
"""

CLIENT = """
client = AsyncOpenAI()
ctx = SimpleNamespace(guardrail_llm=client)
"""

SCHEMAS = """
class OrderSchema__LinesItem(BaseModel):
    isbn: str
    copies: float

class OrderSchema(BaseModel):
    lines: list[OrderSchema__LinesItem]
    note: str | None

class ClassifySchema(BaseModel):
    category: str
"""

AGENTS = """
clerk = Agent(
    name="Clerk", instructions="Help with loans.", model="gpt-4.1", tools=[shelves, renew_loan],
    model_settings=ModelSettings(temperature=1, top_p=1, max_tokens=2048, store=True))

class BuyerContext:
    def __init__(self, state_budget: str, workflow_input_as_text: str):
        self.state_budget = state_budget
        self.workflow_input_as_text = workflow_input_as_text

def buyer_instructions(run_context: RunContextWrapper[BuyerContext], _agent: Agent[BuyerContext]):
    state_budget = run_context.context.state_budget
    return f"Stay under {state_budget}. Wish: {run_context.context.workflow_input_as_text}"

buyer = Agent(name="Buyer", instructions=buyer_instructions, model="gpt-5", output_type=OrderSchema,
              model_settings=ModelSettings(store=True, reasoning=Reasoning(effort="low", summary="auto")))
sorter = Agent(
    name="Sorter", instructions="### ROLE\\nYou are a careful classification assistant.", model="o4-mini",
    output_type=ClassifySchema, model_settings=ModelSettings(temperature=0))
"""

APPROVAL = """
def approval_request(message: str):
    return True
"""

ENTRY = """
class WorkflowInput(BaseModel):
    input_as_text: str

async def run_workflow(workflow_input: WorkflowInput):
    with trace("Library desk"):
        state = {"budget": "40", "asked": False}
        workflow = workflow_input.model_dump()
        conversation_history: list[TResponseInputItem] = [
            {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}]
        sorter_result_temp = await Runner.run(
            sorter,
            input=[{"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}],
            run_config=RunConfig(trace_metadata={"workflow_id": "wf_desk"}))
        sorter_result = {
            "output_text": sorter_result_temp.final_output.json(),
            "output_parsed": sorter_result_temp.final_output.model_dump()}
        sorter_category = sorter_result["output_parsed"]["category"]
        if sorter_category == "order":
            buyer_result_temp = await Runner.run(
                buyer, input=[*conversation_history],
                run_config=RunConfig(trace_metadata={"workflow_id": "wf_desk"}),
                context=BuyerContext(
                    state_budget=state["budget"], workflow_input_as_text=workflow["input_as_text"]))
            conversation_history.extend([item.to_input_item() for item in buyer_result_temp.new_items])
            buyer_result = {
                "output_text": buyer_result_temp.final_output.json(),
                "output_parsed": buyer_result_temp.final_output.model_dump()}
            state["asked"] = True
            if approval_request("Order it?"):
                return buyer_result
            else:
                end_result = {"message": "Not ordered."}
                return end_result
        elif sorter_category == "loan":
            clerk_result_temp = await Runner.run(clerk, input=[*conversation_history])
            conversation_history.extend([item.to_input_item() for item in clerk_result_temp.new_items])
            clerk_result = {"output_text": clerk_result_temp.final_output_as(str)}
            return clerk_result
        else:
            clerk_result_temp = await Runner.run(clerk, input=[*conversation_history])
            conversation_history.extend([item.to_input_item() for item in clerk_result_temp.new_items])
            clerk_result = {"output_text": clerk_result_temp.final_output_as(str)}
"""

LIBRARY_DESK = IMPORTS + TOOLS + CLIENT + SCHEMAS + AGENTS + APPROVAL + ENTRY

PLAIN = """\
from agents import Agent, Runner
from pydantic import BaseModel

clerk = Agent(name="Clerk", instructions="Help with loans.", model="gpt-6-luna")

class WorkflowInput(BaseModel):
    input_as_text: str

async def run_workflow(workflow_input: WorkflowInput):
    clerk_result_temp = await Runner.run(clerk, input=workflow_input.input_as_text)
    clerk_result = {"output_text": clerk_result_temp.final_output_as(str)}
    return clerk_result
"""
"""Nothing to find, but that no id is named."""

FILE_SEARCH_NODE = """\
from openai import AsyncOpenAI

client = AsyncOpenAI()

async def run_workflow(workflow_input):
    filesearch_result = {"results": [
        {"id": result.file_id, "filename": result.filename, "score": result.score}
        for result in client.vector_stores.search(vector_store_id="vs_shelves", query="opening hours")
    ]}
    return filesearch_result
"""

GUARD_CONFIG = """
desk_guard_config = {"guardrails": [
    {"name": "Jailbreak", "config": {"model": "gpt-5-mini", "confidence_threshold": 0.8}},
    {"name": "Contains PII", "config": {"block": False, "entities": ["PHONE_NUMBER"]}},
]}
"""

FIRST_GUARDRAILS = (
    """\
from guardrails.runtime import load_config_bundle, instantiate_guardrails, run_guardrails
"""
    + GUARD_CONFIG
    + """
def guardrails_has_tripwire(results):
    return any(getattr(r, "tripwire_triggered", False) is True for r in (results or []))

async def run_workflow(workflow_input, ctx):
    result = await run_guardrails(
        ctx, workflow_input, "text/plain", instantiate_guardrails(load_config_bundle(desk_guard_config)),
        suppress_tripwire=True)
    return guardrails_has_tripwire(result)
"""
)

SECOND_GUARDRAILS = (
    """\
from guardrails.runtime import load_config_bundle, instantiate_guardrails, run_guardrails
"""
    + GUARD_CONFIG
    + """
async def scrub_conversation_history(history, config):
    try:
        await run_guardrails(None, "", "text/plain", [], suppress_tripwire=True, raise_guardrail_errors=True)
    except Exception:
        pass

async def run_and_apply_guardrails(input_text, config, history, workflow):
    results = await run_guardrails(
        None, input_text, "text/plain", instantiate_guardrails(load_config_bundle(config)),
        suppress_tripwire=True, raise_guardrail_errors=True)
    await scrub_conversation_history(history, config)
    return {"results": results, "has_tripwire": False, "safe_text": input_text}

async def run_workflow(workflow_input):
    guard = await run_and_apply_guardrails(workflow_input, desk_guard_config, [], {})
    return guard["safe_text"]
"""
)

THIRD_GUARDRAILS = (
    SECOND_GUARDRAILS.replace(
        '"safe_text": input_text}',
        '"safe_text": input_text, "fail_output": build_guardrail_fail_output(results), "pass_output": {}}',
    )
    + """
def build_guardrail_fail_output(results):
    def _get(name):
        for result in results or []:
            info = (result.info if hasattr(result, "info") else None) or {}
            if info.get("guardrail_name") == name:
                return result
        return None

    def _info(result):
        return result.info

    jailbreak, moderation = map(_get, ["Jailbreak", "Moderation"])
    return {"jailbreak": {"failed": _info(jailbreak)}, "moderation": {"failed": _info(moderation)}}
"""
)

TYPESCRIPT = """\
import { fileSearchTool, hostedMcpTool, Agent, AgentInputItem, Runner, withTrace } from "@openai/agents";
import { runGuardrails } from "@openai/guardrails";
import { z } from "zod";

// const hidden = new Agent({ name: "Commented out" });
const shelves = fileSearchTool(["vs_shelves"]);
const mcp = hostedMcpTool({ serverLabel: "desk", authorization: "a-token-in-clear-text" });
const BuyerSchema = z.object({ lines: z.array(z.object({ isbn: z.string() })) });

const clerk = new Agent({
  name: "Clerk",
  instructions: `Help with loans: { "be": "kind" }.
Never argue.`,
  model: "gpt-4.1",
  tools: [shelves, mcp],
  modelSettings: { temperature: 1, reasoning: { effort: "low" } },
});
const buyer: Agent<unknown, typeof BuyerSchema> = new Agent({
  name: "Buyer", instructions: "Order, don't argue", model: "gpt-5", outputType: BuyerSchema
});

const approvalRequest = (message: string) => { return true; }

export const runWorkflow = async (workflow: WorkflowInput) => {
  return await withTrace("Library desk", async () => {
    const runner = new Runner({ traceMetadata: { workflow_id: "wf_desk" } });
    const buyerResultTemp = await runner.run(buyer, [...conversationHistory]);
    if (buyerResult.output_parsed.lines.length > 3) {
      if (approvalRequest("Order it?")) {
        const clerkResultTemp = await runner.run(
          clerk,
          [...conversationHistory]
        );
      } else {
        return { message: "No { order" };
      }
    }
  });
}
"""
