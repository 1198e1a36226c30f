"""The context that a tool gets while one call of the model is carried out."""

from agents import Agent, RunContextWrapper, RunHooks, Tool
from agents.tool_context import ToolContext
from typing_extensions import override

from app.assistant import AgentContext
from app.assistant.pause import ModelCall


class ContextOfCalls(RunHooks[AgentContext]):
    """Gives each tool the context of its own call, so that it is known who asks the page for something."""

    @override
    async def on_tool_start(
        self, context: RunContextWrapper[AgentContext], agent: Agent[AgentContext], tool: Tool
    ) -> None:
        """Put it in the place of the one that all calls share."""
        if isinstance(context, ToolContext):
            context.context = context.context.during(ModelCall(context.tool_call_id, context.tool_name))
