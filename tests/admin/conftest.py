"""Threads of two users, to be looked at by an operator."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    InferenceOptions,
    LockedStatus,
    SDKHiddenContextItem,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)

from app.audit import Actor
from app.context import Principal, RequestContext
from app.db.engine import Database
from app.db.tables import threads, turns
from app.ids import ThreadId, TurnId, UserId
from app.threads import items
from app.threads.store import ThreadStore

ADMIN = Actor("command", "alice", "desk")
NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


@dataclass
class Office:
    """A database with what users have left in it."""

    database: Database

    async def thread(self, thread_id: str, user: str, title: str | None = None, *, minute: int = 0) -> None:
        context = RequestContext(Principal(UserId(user)), "request")
        await ThreadStore(self.database).save_thread(
            ThreadMetadata(id=thread_id, created_at=NOW, title=title), context
        )
        await self.touch(thread_id, minute)

    async def touch(self, thread_id: str, minute: int) -> None:
        """Have the last activity at this minute."""
        touched = sa.update(threads).where(threads.c.id == thread_id)
        await self.run(touched.values(updated_at=NOW.replace(minute=minute)))

    async def lock(self, thread_id: str, user: str, reason: str) -> None:
        store, context = ThreadStore(self.database), RequestContext(Principal(UserId(user)), "request")
        thread = await store.load_thread(thread_id, context)
        thread.status = LockedStatus(reason=reason)
        await store.save_thread(thread, context)

    async def say(self, thread_id: str, user: str, role: str, text: str, turn_id: str | None = None) -> None:
        """Add a message, or a hidden note; its id is its role and the length of its text."""
        common: dict[str, Any] = {"id": f"{role}_{len(text)}", "thread_id": thread_id, "created_at": NOW}
        item: ThreadItem
        match role:
            case "user":
                content = [UserMessageTextContent(text=text)]
                item = UserMessageItem(content=content, inference_options=InferenceOptions(), **common)
            case "assistant":
                item = AssistantMessageItem(content=[AssistantMessageContent(text=text)], **common)
            case _:
                item = SDKHiddenContextItem(content=text, **common)
        async with self.database.autocommit() as connection:
            turn = TurnId(turn_id) if turn_id else None
            await items.save(connection, ThreadId(thread_id), UserId(user), item, turn_id=turn)

    async def turn(self, thread_id: str, turn_id: str, status: str, **columns: object) -> None:
        row = {
            "thread_id": thread_id,
            "id": turn_id,
            "kind": "threads.create",
            "status": status,
            "fingerprint": "f",
            "worker": "w",
            "started_at": NOW,
            **columns,
        }
        await self.run(sa.insert(turns).values(row))

    async def run(self, statement: sa.Executable) -> None:
        async with self.database.autocommit() as connection:
            await connection.execute(statement)


@pytest.fixture
async def office(database: Database) -> Office:
    """Ann has three threads, Bob has one, and not all went well."""
    office = Office(database)
    await office.thread("thr_tea", "ann", "Tea", minute=10)
    await office.thread("thr_old", "ann", minute=1)
    await office.thread("thr_bob", "bob", "Bob's", minute=20)
    await office.lock("thr_old", "ann", "unpaid")
    await office.turn("thr_tea", "turn_1", "failed", error="model_error", model="m-1", input_tokens=10)
    await office.say("thr_tea", "ann", "user", "Which tea is best?", "turn_1")
    await office.say("thr_tea", "ann", "assistant", "Green tea, of course", "turn_1")
    await office.say("thr_tea", "ann", "note", "the user stopped")
    await office.say("thr_bob", "bob", "user", "茶は何がいいですか 100% sure_thing")
    await office.touch("thr_tea", 10)
    await office.touch("thr_bob", 20)
    return office
