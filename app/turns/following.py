"""Turns that run on other processes, followed through Postgres: their logs grow here as they do there.

One task reads for all of them together, woken by a notification or after a while without one. Owns what is
told to the other process: that its turn has a reader. Changes nothing else of a turn.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from chatkit.types import StreamOptionsEvent

from app.db.engine import Database
from app.errors import Unavailable
from app.ids import ThreadId, TurnId, UserId
from app.turns import records
from app.turns.log import TurnLog
from app.turns.publishing import encode
from app.turns.replay import ended_turn
from app.turns.stored_events import LogGrowth, LogPlace, growth

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""How long a notification may stay away before the tables are looked at all the same."""

ARRIVAL_SECONDS = 10.0
"""How long a turn is followed for a reader that has not come yet."""


@dataclass(eq=False, slots=True)
class FollowedTurn:
    """A turn of another process."""

    id: TurnId
    thread_id: ThreadId
    user_id: UserId
    log: TurnLog = field(default_factory=TurnLog)
    row: int = 0
    readers: int = 0
    needed_until: float = field(default_factory=lambda: time.monotonic() + ARRIVAL_SECONDS)
    said_at: float = 0.0
    """When the other process was told last that it has a reader here."""

    @contextmanager
    def reading(self) -> Iterator[TurnLog]:
        """Count as a reader while inside."""
        self.readers += 1
        try:
            yield self.log
        finally:
            self.readers -= 1
            self.needed_until = time.monotonic()

    @property
    def is_needed(self) -> bool:
        """Whether anyone reads it, or may come to."""
        return not self.log.closed and (self.readers > 0 or time.monotonic() < self.needed_until)

    def take(self, grown: LogGrowth) -> None:
        """Append what has come; rows may repeat what is here already."""
        for position, frames in grown.rows:
            self.row = position
            for frame in frames[len(self.log) - position :]:
                self.log.append(frame)


class Follower:
    """Made once; `run` follows until it is cancelled."""

    def __init__(self, database: Database, options: StreamOptionsEvent) -> None:
        self._database = database
        self._options = options
        self._followed: dict[TurnId, FollowedTurn] = {}
        self._wake = asyncio.Event()

    def follow(self, thread_id: ThreadId, user_id: UserId, turn_id: TurnId) -> FollowedTurn:
        """Return a turn that runs elsewhere, to be read from its first event as they come in."""
        found = self._followed.get(turn_id)
        if found is None or not found.is_needed:
            found = self._followed[turn_id] = FollowedTurn(turn_id, thread_id, user_id)
        self._wake.set()
        return found

    def look(self) -> None:
        """Read at once what there is."""
        if self._followed:
            self._wake.set()

    async def run(self) -> None:
        """Follow for as long as this process runs. A database that is away is waited for."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS if self._followed else None):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._round()
            except Unavailable:
                logger.warning("turns elsewhere could not be followed: the database is away")
                await asyncio.sleep(POLL_SECONDS)
            except Exception:
                logger.exception("turns elsewhere could not be followed")
                await asyncio.sleep(POLL_SECONDS)

    async def _round(self) -> None:
        self._followed = {turn.id: turn for turn in self._followed.values() if turn.is_needed}
        turns = list(self._followed.values())
        if not turns:
            return
        places = [LogPlace(turn.thread_id, turn.user_id, turn.id, turn.row) for turn in turns]
        grown = await growth(self._database, places)
        for turn in turns:
            found = grown[turn.id]
            if found.is_running:
                # Before anything is shown: who sees an answer has it kept from being stopped as unread.
                await self._say_that_it_is_read(turn)
            turn.take(found)
            if not found.is_running:
                await self._end(turn)

    async def _say_that_it_is_read(self, turn: FollowedTurn) -> None:
        if time.monotonic() - turn.said_at < records.FOLLOWED.total_seconds() / 2:
            return
        await records.follow(self._database, turn.thread_id, turn.user_id, turn.id)
        turn.said_at = time.monotonic()

    async def _end(self, turn: FollowedTurn) -> None:
        """Tell the last of it: what came after the events that were read is known from its items."""
        ended = await ended_turn(self._database, turn.thread_id, turn.user_id, turn.id)
        if ended is None:
            turn.log.close()
            return
        if len(turn.log) == 0:
            # It ended before anything of it was read here.
            for event in (*ended.opening, self._options):
                turn.log.append(encode(event))
        turn.log.close([encode(event) for event in ended.answer])
