"""Assistants that let users choose a model and a tool."""

from dataclasses import replace

from agents import Agent, ModelSettings, RunContextWrapper, function_tool
from openai.types.shared import Reasoning

from app.assistant import AgentContext, Assistant, RequestContext, SelectableModel, SelectableTool

Context = RunContextWrapper[AgentContext]


@function_tool
def weather(city: str) -> str:
    """Tell the weather."""
    return f"Sunny in {city}"


@function_tool
async def window_size(context: Context) -> None:
    """Ask the page for the size of its window."""
    context.context.call_client_tool("window_size")


def briefly(agent: Agent[AgentContext], context: RequestContext) -> Agent[AgentContext]:
    """Tell the agent to be brief."""
    return agent.clone(instructions=f"Be brief, in {context.locale}.")


async def may_choose(context: RequestContext, chosen: SelectableModel | SelectableTool) -> bool:
    """Nobody gets the expensive one; the broken one breaks this."""
    if chosen.id == "broken":
        raise RuntimeError("secret-detail")
    return chosen.id not in ("expensive", "admin-only") and bool(context.user_id)


MODELS = (
    SelectableModel("quick", "Quick", model="gpt-quick", default=True, description="Answers at once"),
    SelectableModel("deep", "Thorough", model="gpt-5-deep", settings=ModelSettings(temperature=0.5)),
    SelectableModel("own", "As it is", settings=ModelSettings(reasoning=Reasoning(effort="high"))),
    SelectableModel("expensive", "Expensive", model="gpt-expensive"),
    SelectableModel("broken", "Broken", model="gpt-broken"),
    SelectableModel("old", "Retired", model="gpt-old", disabled=True),
)
TOOLS = (
    SelectableTool("forecast", "Forecast", tool="weather", icon="compass", short_label="Weather"),
    SelectableTool("page", "The page", tool="window_size", adapt=briefly, pinned=True),
    SelectableTool("brief", "Briefly", adapt=briefly, placeholder="In short …", persistent=True),
    SelectableTool("admin-only", "For admins", tool="weather"),
)

helper = Agent[AgentContext](name="Helper", handoff_description="Helps.")
front = Agent[AgentContext](
    name="Front",
    tools=[weather, window_size],
    handoffs=[helper],
    # An agent that never lets go of its tool choice by itself.
    reset_tool_choice=False,
)

assistant = Assistant(front, selectable_models=MODELS, selectable_tools=TOOLS, may_choose=may_choose)
poorer = replace(assistant, selectable_models=MODELS[:1], selectable_tools=TOOLS[:1])
plain = Assistant(front)
