"""The agent of the conversations; it names no model, so that the settings choose."""

from agents import Agent, RunContextWrapper, function_tool
from chatkit.types import StructuredInputFreeform

from app.assistant import AgentContext

Context = RunContextWrapper[AgentContext]


@function_tool
def weather(city: str) -> str:
    """Tell the weather."""
    return f"Sunny in {city}"


@function_tool
def report(length: int) -> str:
    """Return a long text."""
    return "x" * length


@function_tool
def selection(context: Context) -> None:
    """Return what the user has selected on the page."""
    context.context.call_client_tool("selection")


@function_tool
async def ask_for_name(context: Context) -> str:
    """Ask the user for their name."""
    await context.context.ask(StructuredInputFreeform(id="name", question="What is your name?"))
    return "asked"


agent = Agent(name="Any", instructions="Answer briefly.", tools=[weather, report, selection, ask_for_name])
