"""The task that writes of all running turns: together, and none at the expense of another."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    InferenceOptions,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)
from sqlalchemy import text

from app.db.engine import Database
from app.ids import ThreadId, TurnId, UserId, new_id
from app.turns import records
from app.turns.acceptance import accept_in_new_thread
from app.turns.turn import Turn, TurnLost, TurnOrder
from app.turns.writing import TurnWriter
from tests.patience import PATIENCE

USER = UserId("user")


@asynccontextmanager
async def writing(database: Database) -> AsyncIterator[TurnWriter]:
    writer = TurnWriter(database, "worker", flush_seconds=0.01)
    task = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        task.cancel()


async def running_turn(database: Database, writer: TurnWriter) -> Turn:
    now = datetime.now(UTC)
    thread = ThreadMetadata(id=new_id("thr"), created_at=now)
    question = UserMessageItem(
        id=new_id("msg"),
        thread_id=thread.id,
        created_at=now,
        content=[UserMessageTextContent(text="Hi")],
        inference_options=InferenceOptions(),
    )
    order = TurnOrder(TurnId(new_id("turn")), "threads.create", new_id("f"), writer.worker)
    async with database.autocommit() as connection:
        await accept_in_new_thread(connection, USER, thread, question, order)
    turn = Turn(order.id, thread, USER)
    writer.hold(turn, lambda _: [], lambda: None)
    return turn


def message(turn: Turn, words: str = "Hello") -> AssistantMessageItem:
    return AssistantMessageItem(
        id=f"msg_{turn.id}",
        thread_id=turn.thread_id,
        created_at=datetime.now(UTC),
        content=[AssistantMessageContent(text=words)],
    )


async def texts(database: Database) -> list[str]:
    async with database.autocommit() as connection:
        found = await connection.execute(
            text("select text from chatkit.thread_items where role = 'assistant' order by thread_id, seq")
        )
        return list(found.scalars())


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.mark.proves("PERF-08")
async def test_items_of_fifty_turns_that_come_at_once_are_one_statement(database: Database) -> None:
    async with writing(database) as writer:
        turns = [await running_turn(database, writer) for _ in range(50)]
        with statements() as sent:
            await asyncio.gather(*(writer.save(turn, message(turn)) for turn in turns))

    assert len(sent) == 1
    assert await texts(database) == ["Hello"] * 50


async def test_a_thread_that_somebody_else_has_locked_holds_up_no_other(database: Database) -> None:
    async with writing(database) as writer:
        held_up, other = [await running_turn(database, writer) for _ in range(2)]
        async with database.transaction() as connection:
            await connection.execute(
                text("select from chatkit.threads where id = :id for update"), {"id": held_up.thread_id}
            )
            waiting = asyncio.create_task(writer.save(held_up, message(held_up, "late")))
            await writer.save(other, message(other))
            assert await texts(database) == ["Hello"]
            assert not waiting.done()
        await asyncio.wait_for(waiting, PATIENCE)

    assert sorted(await texts(database)) == ["Hello", "late"]


async def test_a_turn_that_cannot_be_written_holds_up_no_other(database: Database) -> None:
    async with writing(database) as writer:
        broken, other = [await running_turn(database, writer) for _ in range(2)]
        broken.log.append(b"\xff is no text")
        results: Sequence[object] = await asyncio.gather(
            writer.save(broken, message(broken)), writer.save(other, message(other)), return_exceptions=True
        )
        assert isinstance(results[0], UnicodeDecodeError)
        assert results[1] is None
        await writer.save(broken, message(broken, "after all"))

    assert sorted(await texts(database)) == ["Hello", "after all"]


async def test_a_turn_whose_thread_is_gone_is_told_so_and_others_go_on(database: Database) -> None:
    async with writing(database) as writer:
        gone, other = [await running_turn(database, writer) for _ in range(2)]
        async with database.autocommit() as connection:
            await connection.execute(
                text("delete from chatkit.threads where id = :id"), {"id": gone.thread_id}
            )
        with pytest.raises(TurnLost):
            await writer.save(gone, message(gone))
        await writer.save(other, message(other))
        with pytest.raises(TurnLost):
            await writer.save(gone, message(gone))

    assert gone.is_lost
    assert not other.is_lost
    assert await texts(database) == ["Hello"]


@pytest.mark.proves("OP-stream-2", "REL-01")
async def test_an_item_that_comes_while_a_flush_is_under_way_is_not_taken_for_written(
    database: Database,
) -> None:
    async with writing(database) as writer:
        turn = await running_turn(database, writer)
        async with database.transaction() as connection:
            await connection.execute(
                text("select from chatkit.turns where id = :id for update"), {"id": turn.id}
            )
            turn.log.append(b"{}")
            await somebody_waits(database)
            saving = asyncio.create_task(writer.save(turn, message(turn)))
            await asyncio.wait([saving], timeout=0.05)
        await saving
        assert await texts(database) == ["Hello"]


async def somebody_waits(database: Database) -> None:
    """Wait until a statement waits for a lock."""
    waiting = text(
        "select count(*) from pg_stat_activity "
        "where wait_event_type = 'Lock' and datname = current_database()"
    )
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.autocommit() as connection:
                if await connection.scalar(waiting):
                    return


async def test_a_turn_that_another_process_wants_stopped_is_told_at_once(database: Database) -> None:
    stopped = asyncio.Event()
    async with writing(database) as writer:
        turn = await running_turn(database, writer)
        writer.hold(turn, lambda _: [], stopped.set)
        async with database.autocommit() as connection:
            assert await records.request_cancel(connection, ThreadId(turn.thread_id), USER) == turn.id
            assert await records.request_cancel(connection, ThreadId(turn.thread_id), UserId("other")) is None
        writer.look()
        await asyncio.wait_for(stopped.wait(), PATIENCE)
