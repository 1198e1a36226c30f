"""Reading items in search of a piece of text that no index knows: those written last first, for a while.

Not owner-scoped, by design. Goes part by part, so that no statement takes long however much there is: the
threads of a user by their activity where one is named, else stretches of the table as it lies on disk.
"""

import time
from collections.abc import AsyncIterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.admin.views import admin_messages
from app.db.tables import thread_items, threads

SECONDS = 5.0
"""How long reading goes on by itself."""

PAGES = 256
THREADS = 200
"""How much is read at a time: of the table, or of a user's threads."""

_LENGTH = sa.text("select pg_relation_size('chatkit.thread_items') / current_setting('block_size')::int")
_ROWS = "chatkit.thread_items.ctid {} cast(cast(:{} as text) as tid)"
_STRETCH = sa.text(f"{_ROWS.format('>=', 'first')} and {_ROWS.format('<', 'after')}")
_THREADS = sa.select(threads.c.updated_at, threads.c.id).order_by(
    threads.c.updated_at.desc(), threads.c.id.desc()
)


class Scan:
    """One reading; `whole` says afterwards that it came to the end."""

    def __init__(self, connection: AsyncConnection, user_id: str | None, seconds: float = SECONDS) -> None:
        self.whole = False
        self._connection = connection
        self._user_id = user_id
        self._seconds = seconds

    async def parts(self, text: str) -> AsyncIterator[sa.ColumnElement[bool]]:
        """Yield for each part the condition that an item is of it and says `text`."""
        ends = time.monotonic() + self._seconds
        says = thread_items.c.text.icontains(text, autoescape=True)
        async for within in self._stretches() if self._user_id is None else self._threads(self._user_id):
            rows = sa.select(thread_items.c.thread_id, thread_items.c.seq).where(within, says)
            yield sa.tuple_(admin_messages.c.thread_id, admin_messages.c.seq).in_(rows)
            if time.monotonic() >= ends:
                return
        self.whole = True

    async def _stretches(self) -> AsyncIterator[sa.ColumnElement[bool]]:
        after = int((await self._connection.execute(_LENGTH)).scalar_one())
        while after > 0:
            first = max(after - PAGES, 0)
            yield sa.and_(_STRETCH.bindparams(first=f"({first},0)", after=f"({after},0)"))
            after = first

    async def _threads(self, user_id: str) -> AsyncIterator[sa.ColumnElement[bool]]:
        statement = _THREADS.where(threads.c.user_id == user_id).limit(THREADS)
        batch = (await self._connection.execute(statement)).all()
        while batch:
            yield thread_items.c.thread_id.in_([row.id for row in batch])
            place = sa.tuple_(*(sa.literal(value) for value in batch[-1]))
            later = statement.where(sa.tuple_(threads.c.updated_at, threads.c.id) < place)
            batch = (await self._connection.execute(later)).all()
