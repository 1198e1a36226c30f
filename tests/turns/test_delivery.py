"""Whether a response was delivered to its end, as the server can see it."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from app.chatkit_api.event_stream import EventStream
from app.db.engine import Database
from app.turns import records
from app.turns.delivery import Delivery
from app.turns.turn import TurnStatus, Usage
from tests.patience import PATIENCE
from tests.turns.rows import turns
from tests.turns.test_writing import running_turn, writing

Message = MutableMapping[str, Any]


@pytest.mark.proves("OP-stream-3")
@pytest.mark.parametrize("breaks_off", [False, True])
async def test_who_breaks_off_before_the_last_byte_has_not_read_the_answer(
    database: Database, breaks_off: bool
) -> None:
    left = asyncio.Event()
    sent: list[Message] = []

    async def receive() -> Message:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if breaks_off and message.get("body"):
            # As a server does it: what is sent to somebody who has gone is sent.
            left.set()
            await left.wait()
        sent.append(message)

    async with writing(database) as writer:
        turn = await running_turn(database, writer)
        turn.log.append(b"{}")
        turn.was_read_at_its_end = True
        ending = records.Ending(TurnStatus.DONE, (), Usage(), undelivered=False)
        async with database.autocommit() as connection:
            await records.end(connection, turn.thread_id, turn.user_id, turn.id, writer.worker, ending)
        turn.log.close()

        await EventStream(turn, 10.0, Delivery(turn, writer))({}, receive, send)
        if breaks_off:
            async with asyncio.timeout(PATIENCE):
                while not (await turns(database))[0]["undelivered"]:
                    pass

    assert [row["undelivered"] for row in await turns(database)] == [breaks_off]
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
