"""Agents whose tools ask the page for something."""

import asyncio
from datetime import UTC, datetime

from agents import Agent, RunContextWrapper, StopAtTools, function_tool
from chatkit.agents import ClientToolCall
from chatkit.types import (
    HiddenContextItem,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    ThreadItemDoneEvent,
)

from app.assistant import AgentContext

Context = RunContextWrapper[AgentContext]

RETURNED = "what-the-python-function-returned"


@function_tool
async def window_size(context: Context, unit: str = "px") -> str:
    """Ask the page for the size of its window, as the ChatKit SDK's documentation has it."""
    context.context.client_tool_call = ClientToolCall(
        name="window_size", arguments={"unit": unit, "screen": None}
    )
    return RETURNED


@function_tool
async def current_page(context: Context) -> str:
    """Ask the page where it is."""
    context.context.call_client_tool("location")
    return RETURNED


@function_tool
async def leave_a_note(context: Context) -> str:
    """Ask the page where it is, and write something down that no page sees."""
    own = context.context
    own.call_client_tool("location")
    note = HiddenContextItem(
        id=own.generate_id("message"), thread_id=own.thread.id, created_at=datetime.now(UTC), content="note"
    )
    await own.stream(ThreadItemDoneEvent(item=note))
    return RETURNED


@function_tool
def weather(city: str) -> str:
    """Tell the weather."""
    return f"Sunny in {city}"


@function_tool
async def rest() -> str:
    """Do nothing for a while: the work of a slow tool."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=30)
    return "rested"


def _questions() -> list[StructuredInputMultipleChoice | StructuredInputFreeform]:
    sizes = [StructuredInputMultipleChoiceOption(value=value) for value in ("small", "large")]
    extras = [StructuredInputMultipleChoiceOption(value=value) for value in ("olives", "cheese", "ham")]
    return [
        StructuredInputMultipleChoice(id="size", question="Which size?", options=sizes),
        StructuredInputMultipleChoice(id="extras", question="Any extras?", options=extras, multiple=True),
        StructuredInputFreeform(id="name", question="What is your name?"),
    ]


@function_tool
async def take_order(context: Context) -> str:
    """Ask the user what they would like."""
    await context.context.ask(*_questions())
    return "asked"


@function_tool
async def take_order_by_hand(context: Context) -> str:
    """Ask the user what they would like, with an item of one's own."""
    own = context.context
    item = StructuredInputItem(
        id=own.generate_id("message"),
        thread_id=own.thread.id,
        created_at=datetime.now(UTC),
        inputs=list(_questions()),
    )
    await own.stream(ThreadItemDoneEvent(item=item))
    return "asked"


TOOLS = [window_size, current_page, leave_a_note, weather, rest, take_order, take_order_by_hand]

agent = Agent[AgentContext](name="Waiting", tools=[*TOOLS])

stopping = Agent[AgentContext](
    name="Stopping",
    tools=[*TOOLS],
    tool_use_behavior=StopAtTools(stop_at_tool_names=["window_size", "current_page"]),
)
