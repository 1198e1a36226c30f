"""A thread's memory in the database, short ways to use it, and what every provider asks of a history."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.models.chatcmpl_converter import Converter
from sqlalchemy import insert, select

from app.db.engine import Database
from app.db.tables import threads, transcript_items
from app.ids import ThreadId, TurnId, UserId
from app.transcripts import Transcripts, rows

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
            await rows.append(connection, self.thread_id, user_id or self.user_id, turn, items)

    async def load(self) -> list[Any]:
        return list((await self.transcripts.load(self.thread_id, self.user_id)).items)

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


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def call(call_id: str, name: str = "weather", arguments: str = "{}") -> dict[str, Any]:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}


def output(call_id: str, text: str = "sunny") -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": text}


def assert_acceptable(history: list[Any]) -> None:
    """Check what chat completions and Responses both ask of an input."""
    Converter.items_to_messages(history)
    assert not [item for item in history if "id" in item]
    open_calls: list[str] = []
    for item in history:
        if item.get("type") == "function_call":
            json.loads(item["arguments"])
            open_calls.append(item["call_id"])
        elif item.get("type") == "function_call_output":
            open_calls.remove(item["call_id"])
        else:
            assert not open_calls
    assert not open_calls
    names = [item["call_id"] for item in history if item.get("type") == "function_call"]
    assert len(names) == len(set(names))
