"""The one task of a process that writes of its running turns: their items, their events, and its lease.

What is due of all turns goes out together: events at most once an interval, an item at once, with whatever
else has come by then. Owns the fence: a turn that is not this process' any more is told so and writes nothing
again. It is one task because flushes and renewals lock the same rows, in different orders. Decides nothing of
what is written.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from chatkit.types import ThreadItem

from app.db.engine import Database
from app.errors import Unavailable
from app.ids import ItemId, ThreadId, TurnId, UserId
from app.threads.characters import lookup_key, storable_id
from app.threads.payload import columns_of
from app.turns import records
from app.turns.flush_statement import Outcome, Receipt, Share, flush
from app.turns.held import Change, HeldTurn, MemoryFrom
from app.turns.turn import Turn, TurnLost

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0
"""How long an item waits for a database that is away before its turn fails."""

NOTING_SECONDS = 1.0
"""How long the end of a stream waits for the note that it was read."""

RENEWAL_SECONDS = records.LEASE.total_seconds() / 4
BACKOFF_SECONDS = 0.25
PASSED_OVER_SECONDS = 0.02


class TurnWriter:
    """Made once; `run` writes until it is cancelled."""

    def __init__(self, database: Database, worker: str, flush_seconds: float) -> None:
        self.worker = worker
        self._database = database
        self._flush_seconds = flush_seconds
        self._held: dict[TurnId, HeldTurn] = {}
        self._receipts: list[tuple[Receipt, asyncio.Future[None]]] = []
        self._due = asyncio.Event()
        self._something = asyncio.Event()
        self._renewed = 0.0
        self._writing = asyncio.Lock()

    def hold(self, turn: Turn, memory: MemoryFrom, on_stop: Callable[[], None]) -> None:
        """Write of `turn` from now on; its row says that this process runs it.

        `on_stop` is called when another process wants it stopped, or has taken it away.
        """
        if not self._held:
            self._renewed = time.monotonic()
        self._held[turn.id] = HeldTurn(turn, memory, on_stop)
        self._something.set()

    async def release(self, turn: Turn) -> None:
        """Write no more of `turn`; when this returns nothing of it is being written."""
        self._held.pop(turn.id, None)
        async with self._writing:
            pass

    async def save(self, turn: Turn, item: ThreadItem, *, pause: str | None = None) -> None:
        """Store an item: a new one at the end of the thread, one that is there where it stands.

        `pause` is the run that waits for the answer to it, stored in the same statement. Returns when it is
        committed. Raises `TurnLost`, `Unavailable` where the database stays away, and `BadRequest` for an
        item that has no form that can be stored.
        """
        columns = {"item_id": storable_id(item.id), **columns_of(turn.thread_id, item)}
        await self._change(turn, item=columns, pause=pause)

    async def remove(self, turn: Turn, item_id: str) -> None:
        """Remove an item, if it is there; raises as `save` does."""
        await self._change(turn, removed=ItemId(lookup_key(item_id)))

    async def mark_read(self, thread_id: ThreadId, user_id: UserId, turn_id: TurnId) -> None:
        """Take note that an ended turn was read to its end.

        Returns when that is written, as whoever is told may say the same again, and mean it. A database that
        is away is not waited for: the note is written when it is back.
        """
        written = self._note((thread_id, user_id, turn_id, False))
        with suppress(TimeoutError):
            async with asyncio.timeout(NOTING_SECONDS):
                await asyncio.shield(written)

    def mark_unread(self, thread_id: ThreadId, user_id: UserId, turn_id: TurnId) -> None:
        """Take note that an ended turn, which counts as read, was not read to its end after all."""
        self._note((thread_id, user_id, turn_id, True))

    def look(self) -> None:
        """Ask the table at once which turns are still held here, and which shall stop."""
        self._renewed = 0.0
        self._due.set()

    async def run(self) -> None:
        """Write for as long as this process may hold turns. A database that is away is waited for."""
        while True:
            await self._until_due()
            try:
                async with self._writing:
                    await self._flush()
                    await self._renew()
            except Unavailable:
                logger.warning("running turns could not be written: the database is away")
                await asyncio.sleep(BACKOFF_SECONDS)
            except Exception:
                logger.exception("running turns could not be written")
                await asyncio.sleep(BACKOFF_SECONDS)

    async def _change(
        self,
        turn: Turn,
        *,
        item: Mapping[str, object] | None = None,
        removed: ItemId | None = None,
        pause: str | None = None,
    ) -> None:
        held = self._held.get(turn.id)
        if turn.is_lost or held is None:
            raise TurnLost
        change = Change(asyncio.get_running_loop().create_future(), item, removed, pause)
        held.changes.append(change)
        self._due.set()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await change.done
        except TimeoutError:
            raise Unavailable("The answer could not be saved. Please try again.") from None

    def _note(self, receipt: Receipt) -> asyncio.Future[None]:
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._receipts.append((receipt, written))
        self._something.set()
        self._due.set()
        return written

    async def _until_due(self) -> None:
        if not self._held and not self._receipts:
            self._something.clear()
            await self._something.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._flush_seconds):
                await self._due.wait()
        self._due.clear()

    async def _flush(self) -> None:
        shares = [share for held in self._held.values() if (share := held.share()) is not None]
        if not shares and not self._receipts:
            return
        try:
            await self._write(shares)
        except Unavailable:
            raise
        except Exception:
            logger.exception("a flush was refused; each turn is written by itself")
            # One of them is what the database refuses, and the others must not wait for it.
            for share in shares:
                await self._write_alone(share)

    async def _write(self, shares: Sequence[Share]) -> None:
        receipts = {receipt[2]: receipt for receipt, _ in self._receipts}
        noted = [written for _, written in self._receipts]
        outcomes = await flush(self._database, self.worker, shares, list(receipts.values()))
        del self._receipts[: len(noted)]
        for written in noted:
            if not written.done():
                written.set_result(None)
        for turn_id, outcome in outcomes.items():
            if held := self._held.get(turn_id):
                held.settle(outcome)
        if Outcome.PASSED_OVER in outcomes.values() or any(held.changes for held in self._held.values()):
            asyncio.get_running_loop().call_later(PASSED_OVER_SECONDS, self._due.set)

    async def _write_alone(self, share: Share) -> None:
        try:
            await self._write([share])
        except Unavailable:
            raise
        except Exception as error:
            if held := self._held.get(share.turn_id):
                held.refuse(error)

    async def _renew(self) -> None:
        now = time.monotonic()
        if not self._held or now - self._renewed < RENEWAL_SECONDS:
            return
        running = await records.renew(self._database, self.worker)
        self._renewed = now
        for turn_id, held in list(self._held.items()):
            if turn_id not in running:
                # A turn that was taken on after the statement began is not missing from its answer.
                if held.since < now:
                    held.lose()
            elif running[turn_id]:
                held.on_stop()
