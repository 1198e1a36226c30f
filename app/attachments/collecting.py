"""Removing what nobody needs: files that were never sent, and the bytes of files whose record is gone.

Runs beside everything else, in every process; what one of them is at, the others pass over. Bytes are removed
after their record, and again until they are gone.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.attachments.blobs import Blobs
from app.attachments.rows import rendition_key
from app.db.acting import for_everyone
from app.db.engine import Database
from app.db.tables import attachments, blob_removals
from app.errors import ChatKitServerError, Unavailable

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 15.0
AT_ONCE = 200
RETRY = timedelta(minutes=5)
"""How long bytes that are being removed are left to whoever is at it."""

MAX_FAILURES = 3
"""After so many the others have to wait as well; a single one must not keep them waiting."""

FORMS = ("preview", "model", "")
"""What may lie under a key, the file itself last."""

_EVERYONE = for_everyone("what is left of files")
_EXPIRED = (
    sa.select(attachments.c.id)
    .where(
        attachments.c.expires_at < sa.func.now(),
        # One with a thread belongs to an answer that broke off while its bytes were stored.
        attachments.c.state.in_(("pending", "uploaded")),
        _EVERYONE,
    )
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
_FORGET = sa.delete(attachments).where(attachments.c.id.in_(_EXPIRED))
_DUE = (
    sa.select(blob_removals.c.key)
    .where(blob_removals.c.due_at <= sa.func.now(), _EVERYONE)
    .order_by(blob_removals.c.due_at)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
_TAKE = (
    sa.update(blob_removals)
    .where(blob_removals.c.key.in_(_DUE))
    .values(due_at=sa.func.now() + sa.literal(RETRY, sa.Interval), attempts=blob_removals.c.attempts + 1)
    .returning(blob_removals.c.key)
)
_REMOVED = sa.delete(blob_removals).where(
    blob_removals.c.key == sa.any_(sa.bindparam("keys", type_=ARRAY(sa.Text()))), _EVERYONE
)


class Collector:
    """Made once; `run` collects until it is cancelled."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self._soon = asyncio.Event()

    def soon(self) -> None:
        """Look at once: something was deleted."""
        self._soon.set()

    async def run(self) -> None:
        """Look again and again. A database or a storage that is away is waited for."""
        while True:
            try:
                await self.collect()
            except Unavailable:
                logger.warning("files could not be collected: the database or the storage is away")
            except Exception:
                logger.exception("files could not be collected")
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._soon.wait()
            self._soon.clear()

    async def collect(self) -> None:
        """Collect all that is due."""
        while (await self._database.execute(_FORGET, {})).rowcount == AT_ONCE:
            pass
        while keys := (await self._database.execute(_TAKE, {})).scalars().all():
            await self._remove(keys)

    async def _remove(self, keys: Sequence[str]) -> None:
        """Remove what is under these keys; raise after some failures, as the storage is away then."""
        removed: list[str] = []
        failures = 0
        for key in keys:
            try:
                await self._blobs.remove(rendition_key(key, form) for form in FORMS)
                removed.append(key)
            except ChatKitServerError:
                failures += 1
                if failures == MAX_FAILURES:
                    break
        if removed:
            await self._database.execute(_REMOVED, {"keys": removed})
        if failures:
            raise Unavailable("Files are not available right now; please try again.")
