"""A thread whose answer has ended with a call of a tool of the page, and what comes of it."""

from pathlib import Path
from typing import Any

from tests.provider.script import call_tool
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, thread_id_of

OUTPUT = "threads.add_client_tool_output"
AGENTS = Path(__file__).parent / "agents_that_wait.py"


async def asked(
    client: ChatKitClient, provider: FakeProvider, tool: str = "window_size", call_id: str = "call_own"
) -> str:
    """Begin a thread whose answer ends with a call of a tool of the page."""
    provider.respond(call_tool(tool, call_id=call_id))
    return thread_id_of(await client.say("How large is my window?"))


async def give(client: ChatKitClient, thread_id: str, result: Any) -> EventReader:
    """Answer the call that waits, and read what comes of it."""
    async with client.stream(OUTPUT, thread_id=thread_id, result=result) as events:
        await events.rest()
    return events


def sent_calls(provider: FakeProvider) -> list[tuple[str, Any]]:
    """The calls and outputs that the model was sent last, in order."""
    items = provider.requests[-1].body["input"]
    kinds = ("function_call", "function_call_output")
    return [(item["type"], item.get("name") or item["output"]) for item in items if item.get("type") in kinds]
