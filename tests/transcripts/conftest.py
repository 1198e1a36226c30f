"""A thread in the database, and short ways to fill and read its memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.db.engine import Database
from app.db.tables import threads, transcript_items
from app.ids import ThreadId, TurnId, UserId
from app.transcripts import Transcripts

OWNER = UserId("user_owner")
THREAD = ThreadId("thr_one")


@dataclass
class Memory:
    """The memory of one thread, with a budget."""

    database: Database
    transcripts: Transcripts
    thread_id: ThreadId = THREAD
    user_id: UserId = OWNER

    async def remember(self, turn_id: str | None, *items: Any, user_id: UserId | None = None) -> None:
        async with self.database.transaction() as connection:
            turn = None if turn_id is None else TurnId(turn_id)
            await self.transcripts.append(connection, self.thread_id, user_id or self.user_id, turn, items)

    async def load(self) -> list[Any]:
        return list(await self.transcripts.load(self.thread_id, self.user_id))

    async def rows(self) -> Sequence[Any]:
        async with self.database.autocommit() as connection:
            statement = select(transcript_items).order_by(transcript_items.c.seq)
            return (await connection.execute(statement)).all()

    async def damage(self, seq: int, item: Any, tokens: int = 10) -> None:
        """Write a row as no version of this server would."""
        async with self.database.transaction() as connection:
            row = {"thread_id": self.thread_id, "seq": seq, "turn_id": None, "item": item, "tokens": tokens}
            await connection.execute(insert(transcript_items), [row])


async def add_thread(database: Database, thread_id: ThreadId, user_id: UserId) -> None:
    async with database.transaction() as connection:
        await connection.execute(insert(threads), [{"id": thread_id, "user_id": user_id}])


@pytest.fixture
async def memory_of(database: Database) -> Callable[[int], Memory]:
    """Make the memory of a thread with a given token budget."""
    await add_thread(database, THREAD, OWNER)
    return lambda budget: Memory(database, Transcripts(database, budget))


@pytest.fixture
def memory(memory_of: Callable[[int], Memory]) -> Memory:
    return memory_of(60_000)


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def call(call_id: str, name: str = "weather", arguments: str = "{}") -> dict[str, Any]:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}


def output(call_id: str, text: str = "sunny") -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": text}
