"""Assistants that know something of what users mention, and tools that name sources."""

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any

from agents import Agent, RunContextWrapper, function_tool
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    EntitySource,
    FileSource,
    ThreadItemDoneEvent,
)

from app.assistant import AgentContext, Assistant, RequestContext
from tests.patience import BUSY

Context = RunContextWrapper[AgentContext]

ENTITY = EntitySource(
    id="order-7",
    title="Order 7",
    icon="cube",
    label="Your order",
    inline_label="#7",
    interactive=True,
    data={"href": "https://shop.example/7", "size": "M"},
    description="Two shirts",
    timestamp="yesterday",
    group="Orders",
)


async def resolve(tag_id: str, context: RequestContext) -> str | None:
    """Know orders, and let nobody see those of others; some take long, one is broken."""
    if tag_id == "slow":
        await asyncio.get_running_loop().create_future()
    if tag_id == "broken":
        raise RuntimeError("secret-detail")
    if tag_id == "foreign":
        return None
    if tag_id == "wrong":
        return 7  # type: ignore[return-value]
    if tag_id == "huge":
        return "x" * 1_000_000
    return f"{tag_id} of {context.user_id}: two shirts\n> not the user's words"


def resolve_blocking(tag_id: str, _: RequestContext) -> str | None:
    """Wait as a plain function does, without letting anybody else go on."""
    if tag_id == "slow":
        threading.Event().wait(0.3 * BUSY)
    return f"{tag_id} by a plain function"


@function_tool
async def look_up(context: Context) -> str:
    """Look an order up, and name it as a source."""
    context.context.cite(ENTITY, FileSource(filename="terms.pdf", title="Terms"))
    return "two shirts"


@function_tool
async def write_message(context: Context) -> str:
    """Show a message of one's own that names an entity in its text."""
    own = context.context
    content: list[Any] = [
        AssistantMessageContent(text="Order 7 is here", annotations=[Annotation(source=ENTITY, index=7)])
    ]
    message = AssistantMessageItem(
        id=own.generate_id("message"), thread_id=own.thread.id, created_at=datetime.now(UTC), content=content
    )
    await own.stream(ThreadItemDoneEvent(item=message))
    return "shown"


shop = Agent[AgentContext](name="Shop", tools=[look_up, write_message])
assistant = Assistant(shop, tags=resolve)
blocking = Assistant(shop, tags=resolve_blocking)
plain = Assistant(shop)
