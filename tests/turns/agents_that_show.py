"""An agent whose tool shows what is seen while an answer is given, and is not kept."""

from agents import Agent, RunContextWrapper, function_tool
from chatkit.types import ClientEffectEvent, NoticeEvent

from app.assistant import AgentContext, Assistant


@function_tool
async def show(context: RunContextWrapper[AgentContext]) -> str:
    """Say what is going on, give notice, and have the page do something."""
    own = context.context
    await own.stream_progress("Looking", icon="search")
    await own.stream_progress("Uploading", icon="upload")
    await own.stream(NoticeEvent(level="warning", title="Limit", message="**Half** is used up."))
    await own.stream(ClientEffectEvent(name="zoom", data={"to": {"level": 3, "from": None}}))
    return "shown"


agent = Agent[AgentContext](name="Showing", tools=[show])
unstoppable = Assistant(agent, allow_cancel=False)
