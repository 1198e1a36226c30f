"""A store on a database of the test's own, and short ways to put things into it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from chatkit.types import AssistantMessageContent, AssistantMessageItem, SDKHiddenContextItem, ThreadMetadata
from sqlalchemy.dialects.postgresql import JSONB

from app.context import Principal, RequestContext
from app.db.embedded import ConnectionUrls
from app.db.engine import Database
from app.db.tables import thread_items
from app.ids import ThreadId, UserId, new_id
from app.threads import items
from app.threads.store import ThreadStore

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def message(item_id: str, text: str = "x", **fields: Any) -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(
        **{"id": item_id, "thread_id": "any", "created_at": NOW, "content": content} | fields
    )


def hidden(item_id: str) -> SDKHiddenContextItem:
    return SDKHiddenContextItem(id=item_id, thread_id="any", created_at=NOW, content="not for the page")


@dataclass
class Desk:
    """One user with one thread."""

    database: Database
    store: ThreadStore
    context: RequestContext
    thread_id: ThreadId

    @property
    def user_id(self) -> UserId:
        return self.context.user_id

    async def add(self, *item_ids: str) -> None:
        """Add messages, and hidden items for the ids that begin with "hidden"."""
        for item_id in item_ids:
            item = hidden(item_id) if item_id.startswith("hidden") else message(item_id)
            await self.store.add_thread_item(self.thread_id, item, self.context)

    async def ids(self) -> list[str]:
        page = await self.store.load_thread_items(self.thread_id, None, 100, "asc", self.context)
        return [item.id for item in page.data]

    async def rows(self, statement: sa.Executable, parameters: Any = None) -> list[Any]:
        async with self.database.autocommit() as connection:
            result = await connection.execute(statement, parameters)
            return list(result.all()) if result.returns_rows else []

    async def put_row(self, item_id: str, item_type: str, payload: Any, **columns: Any) -> None:
        """Write an item's row as no version of this server would."""
        await self.store.add_thread_item(self.thread_id, message(item_id), self.context)
        row = sa.and_(thread_items.c.thread_id == self.thread_id, thread_items.c.id == item_id)
        as_json = sa.cast(sa.literal(json.dumps(payload), sa.Text()), JSONB)
        stored = {"type": item_type, "role": None, "payload": as_json, **columns}
        await self.rows(sa.update(thread_items).where(row).values(stored))

    async def save(self, item: Any, turn_id: Any) -> None:
        async with self.database.transaction() as connection:
            await items.save(connection, self.thread_id, self.user_id, item, turn_id=turn_id)


@pytest.fixture
async def desk(postgres: ConnectionUrls) -> AsyncIterator[Desk]:
    """A user and a thread of this test's own, in a database that tests share."""
    database = Database(postgres.app, pool_size=5)
    yield await desk_on(database)
    await database.dispose()


async def desk_on(database: Database) -> Desk:
    store = ThreadStore(database)
    context = RequestContext(Principal(UserId(new_id("user"))), "request")
    thread = ThreadMetadata(id=store.generate_thread_id(context), created_at=NOW)
    await store.save_thread(thread, context)
    return Desk(database, store, context, ThreadId(thread.id))
