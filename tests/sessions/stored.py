"""Threads and items that are put where tests want them, and lists that are walked through."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chatkit.types import (
    ActiveStatus,
    AssistantMessageContent,
    AssistantMessageItem,
    ThreadItem,
    ThreadMetadata,
    ThreadStatus,
)

from app.db.engine import Database
from app.ids import ThreadId, UserId
from app.threads import items, threads

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
ANN, BEN = UserId("ann"), UserId("ben")


async def put_thread(
    database: Database, user_id: UserId, thread_id: str, second: int = 0, status: ThreadStatus | None = None
) -> str:
    """Store a thread that was made at a second of the day."""
    made = NOW + timedelta(seconds=second)
    thread = ThreadMetadata(id=thread_id, created_at=made, status=status or ActiveStatus())
    await threads.save(database, user_id, thread)
    return thread_id


async def put_items(database: Database, user_id: UserId, thread_id: str, *given: ThreadItem) -> None:
    for item in given:
        await items.save(database, ThreadId(thread_id), user_id, item)


def said(item_id: str, text: str = "Hello") -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id=item_id, thread_id="any", created_at=NOW, content=content)


async def ids(listed: Any) -> list[str]:
    """Return the ids of all pages, as the vendor's client walks through them."""
    return [each.id async for each in listed]
