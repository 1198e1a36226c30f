"""Agents whose tools wait for the user's approval. What tools do is written into the file of `JOURNAL`."""

import os
from pathlib import Path
from typing import Any

from agents import (
    Agent,
    HostedMCPTool,
    MCPToolApprovalFunctionResult,
    RunContextWrapper,
    ToolOutputImage,
    function_tool,
)
from agents.mcp import MCPServer
from mcp.types import CallToolResult, GetPromptResult, ListPromptsResult, TextContent, Tool

from app.assistant import AgentContext, RequestContext

JOURNAL = "TEST_APPROVALS_JOURNAL"

Context = RunContextWrapper[AgentContext]


def _note(line: str) -> None:
    with Path(os.environ[JOURNAL]).open("a") as journal:
        journal.write(f"{line}\n")


async def _is_large(context: Context, arguments: dict[str, Any], call_id: str) -> bool:
    return int(arguments.get("amount", 0)) > 100


@function_tool(needs_approval=True)
async def send_email(context: Context, to: str, text: str = "") -> str:
    """Send an e-mail."""
    await context.context.stream_progress(f"Sending to {to}")
    _note(f"sent to {to}")
    return f"sent to {to}: {len(text)}"


@function_tool(needs_approval=_is_large)
def refund(amount: int) -> str:
    """Pay back."""
    _note(f"refunded {amount}")
    return f"refunded {amount}"


@function_tool
def weather(city: str) -> str:
    """Tell the weather."""
    _note(f"weather of {city}")
    return f"Sunny in {city}"


PHOTO = "Qnl0ZXMgb2YgYSBwaG90bw=="


@function_tool
def photograph() -> ToolOutputImage:
    """Take a picture."""
    return ToolOutputImage(image_url=f"data:image/png;base64,{PHOTO}")


@function_tool
async def current_page(context: Context) -> None:
    """Ask the page where it is."""
    context.context.call_client_tool("location")


TOOLS = [send_email, refund, weather, photograph, current_page]

agent = Agent[AgentContext](name="Careful", tools=[*TOOLS])

without_email = Agent[AgentContext](name="Careful", tools=[refund, weather])
"""The same after its tool was taken away."""

renamed = Agent[AgentContext](name="Somebody else", tools=[*TOOLS])


def chosen(_: RequestContext) -> Agent[AgentContext]:
    """Make the agent anew for each request."""
    return Agent[AgentContext](name="Careful", tools=[*TOOLS])


_clerk = Agent[AgentContext](name="Clerk", tools=[send_email], handoff_description="Writes e-mails.")

handing_over = Agent[AgentContext](name="Reception", handoffs=[_clerk])


def _nothing(_: Any) -> None:
    """Have the inner run streamed, as the fake provider knows by it what is part of the test."""


asking_others = Agent[AgentContext](
    name="Boss",
    tools=[_clerk.as_tool("ask_clerk", "Have an e-mail written.", on_stream=_nothing), weather],
)

with_mcp = Agent[AgentContext](
    name="Reader",
    tools=[
        HostedMCPTool(
            tool_config={
                "type": "mcp",
                "server_label": "library",
                "server_url": "http://library.invalid",
                "require_approval": "always",
            }
        )
    ],
)


def _by_itself(request: Any) -> MCPToolApprovalFunctionResult:
    _note(f"decided on {request.data.name}")
    return {"approve": True}


deciding_itself = Agent[AgentContext](
    name="Reader",
    tools=[
        HostedMCPTool(
            tool_config={
                "type": "mcp",
                "server_label": "library",
                "server_url": "http://library.invalid",
                "require_approval": "always",
            },
            on_approval_request=_by_itself,
        )
    ],
)


class Archive(MCPServer):
    """An MCP server that lives here, and whose tools need approval."""

    @property
    def name(self) -> str:
        return "archive"

    async def connect(self) -> None:
        pass

    async def cleanup(self) -> None:
        pass

    async def list_tools(self, run_context: Any = None, agent: Any = None) -> list[Tool]:
        schema = {"type": "object", "properties": {"name": {"type": "string"}}}
        return [Tool(name="delete_file", inputSchema=schema)]

    async def call_tool(
        self, tool_name: str, arguments: dict[str, Any] | None, meta: dict[str, Any] | None = None
    ) -> CallToolResult:
        _note(f"{tool_name} {(arguments or {}).get('name')}")
        return CallToolResult(content=[TextContent(type="text", text="gone")])

    async def list_prompts(self) -> ListPromptsResult:
        return ListPromptsResult(prompts=[])

    async def get_prompt(self, name: str, arguments: dict[str, Any] | None = None) -> GetPromptResult:
        raise NotImplementedError(name, arguments)


with_local_mcp = Agent[AgentContext](name="Archivist", mcp_servers=[Archive(require_approval="always")])
