from types import SimpleNamespace

from agents import (
  Agent,
  CodeInterpreterTool,
  FileSearchTool,
  HostedMCPTool,
  ModelSettings,
  RunConfig,
  RunContextWrapper,
  Runner,
  TResponseInputItem,
  WebSearchTool,
  function_tool,
  trace,
)
from openai import AsyncOpenAI
from openai.types.shared.reasoning import Reasoning
from pydantic import BaseModel

# Tool definitions
shelves = FileSearchTool(vector_store_ids=["vs_shelves"])
web_search_preview = WebSearchTool(
  search_context_size="low", user_location={"type": "approximate", "country": "NL"}
)
code_interpreter = CodeInterpreterTool(
  tool_config={"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file_tariffs"]}}
)
mcp = HostedMCPTool(
  tool_config={
    "type": "mcp",
    "server_label": "desk",
    "server_url": "https://mcp.example.org/sse",
    "allowed_tools": ["hold_book"],
    "authorization": "a-token-in-clear-text",
    "require_approval": "always",
  }
)
mcp1 = HostedMCPTool(
  tool_config={
    "type": "mcp",
    "server_label": "calendar",
    "connector_id": "connector_calendar",
    "require_approval": "never",
  }
)


@function_tool
def renew_loan(card: str, barcode: str):
  pass


@function_tool
def count_shelves(floor: int):
  """Counts."""
  return floor * 10


# Shared client for guardrails and file search
client = AsyncOpenAI()
ctx = SimpleNamespace(guardrail_llm=client)


class OrderSchema__LinesItem(BaseModel):
  isbn: str
  copies: float


class OrderSchema(BaseModel):
  lines: list[OrderSchema__LinesItem]
  note: str | None


class EmptySchema(BaseModel):
  pass


class SorterSchema(BaseModel):
  category: str


clerk = Agent(
  name="Clerk",
  instructions="Help with loans.",
  model="gpt-4.1",
  tools=[shelves, web_search_preview, code_interpreter, mcp, mcp1, renew_loan],
  model_settings=ModelSettings(
    temperature=1, top_p=1, parallel_tool_calls=True, max_tokens=2048, store=True
  ),
)


class BuyerContext:
  def __init__(self, state_budget: str, workflow_input_as_text: str) -> None:
    self.state_budget = state_budget
    self.workflow_input_as_text = workflow_input_as_text


def buyer_instructions(run_context: RunContextWrapper[BuyerContext], _agent: Agent[BuyerContext]):
  state_budget = run_context.context.state_budget
  workflow_input_as_text = run_context.context.workflow_input_as_text
  return f"""Stay under {state_budget}. Wish:  {workflow_input_as_text}"""


buyer = Agent(
  name="Buyer",
  instructions=buyer_instructions,
  model="gpt-5",
  output_type=OrderSchema,
  model_settings=ModelSettings(store=True, reasoning=Reasoning(effort="minimal", summary="auto")),
)


sorter = Agent(
  name="Sorter",
  instructions="""### ROLE
You are a careful classification assistant.
### TASK
Choose one category: order, loan, other.""",
  model="o4-mini",
  output_type=SorterSchema,
  model_settings=ModelSettings(temperature=0),
)


def approval_request(message: str):
  # Implement this
  return True


class WorkflowInput(BaseModel):
  input_as_text: str


# Main code entrypoint
async def run_workflow(workflow_input: WorkflowInput):
  with trace("Library desk"):
    state = {"budget": "40", "asked": False}
    workflow = workflow_input.model_dump()
    conversation_history: list[TResponseInputItem] = [
      {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
    ]
    sorter_input = workflow["input_as_text"]
    sorter_result_temp = await Runner.run(
      sorter,
      input=[{"role": "user", "content": [{"type": "input_text", "text": f"{sorter_input}"}]}],
      run_config=RunConfig(
        trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_desk"}
      ),
    )
    sorter_result = {
      "output_text": sorter_result_temp.final_output.json(),
      "output_parsed": sorter_result_temp.final_output.model_dump(),
    }
    sorter_category = sorter_result["output_parsed"]["category"]
    sorter_output = {"category": sorter_category}
    if sorter_category == "order":
      buyer_result_temp = await Runner.run(
        buyer,
        input=[
          *conversation_history,
          {"role": "user", "content": [{"type": "input_text", "text": "Order it."}]},
        ],
        run_config=RunConfig(
          trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_desk"}
        ),
        context=BuyerContext(
          state_budget=state["budget"], workflow_input_as_text=workflow["input_as_text"]
        ),
      )

      conversation_history.extend([item.to_input_item() for item in buyer_result_temp.new_items])

      buyer_result = {
        "output_text": buyer_result_temp.final_output.json(),
        "output_parsed": buyer_result_temp.final_output.model_dump(),
      }
      state["asked"] = True
      transform_result = {"total": state["budget"]}
      if approval_request("Order three copies?"):
        end_result = {"message": f"Ordered for {transform_result['total']}."}
        return end_result
      end_result = {"message": "Not ordered."}
      return end_result
    if sorter_category == "loan":
      clerk_result_temp = await Runner.run(
        clerk,
        input=[*conversation_history],
        run_config=RunConfig(
          trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_desk"}
        ),
      )

      conversation_history.extend([item.to_input_item() for item in clerk_result_temp.new_items])

      clerk_result = {"output_text": clerk_result_temp.final_output_as(str)}
      filesearch_result = {
        "results": [
          {
            "id": result.file_id,
            "filename": result.filename,
            "score": result.score,
          }
          for result in client.vector_stores.search(
            vector_store_id="vs_shelves", query="opening hours", max_num_results=2
          )
        ]
      }
      return clerk_result
    clerk_result_temp = await Runner.run(clerk, input=[*conversation_history])

    conversation_history.extend([item.to_input_item() for item in clerk_result_temp.new_items])

    clerk_result = {"output_text": clerk_result_temp.final_output_as(str)}
