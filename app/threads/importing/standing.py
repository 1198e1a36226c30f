"""What the database has of threads that are about to be imported. Reads only.

An id may be taken by anybody, so this asks across owners; it gives out nothing that anybody has written.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.engine import Executes
from app.db.tables import imported_threads, threads
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key


@dataclass(frozen=True, slots=True)
class Standing:
    """One thread: whether it is there, whether it was imported, and in which state that left it."""

    user_id: UserId | None
    """Whose it is; None where there is no such thread (any more)."""
    imported_for: UserId | None
    """For whom it was imported; None where it never was."""
    content_sha256: str | None = None
    language: str = "en"
    imported_seq: int = 0
    last_seq: int = 0

    @property
    def is_deleted_here(self) -> bool:
        """Whether it was imported and deleted since."""
        return self.user_id is None and self.imported_for is not None

    @property
    def is_continued_here(self) -> bool:
        """Whether anything was written in it since."""
        return self.last_seq != self.imported_seq


NOTHING = Standing(None, None)

_GIVEN = (
    sa.func.unnest(sa.bindparam("ids", type_=ARRAY(sa.Text())))
    .table_valued(sa.column("id", sa.Text()), name="given")
    .render_derived()
)
_STANDING = sa.select(
    _GIVEN.c.id,
    threads.c.user_id,
    threads.c.last_seq,
    imported_threads.c.user_id.label("imported_for"),
    imported_threads.c.content_sha256,
    imported_threads.c.language,
    imported_threads.c.last_seq.label("imported_seq"),
).select_from(
    _GIVEN.outerjoin(threads, threads.c.id == _GIVEN.c.id).outerjoin(
        imported_threads, imported_threads.c.thread_id == _GIVEN.c.id
    )
)


async def standing(database: Executes, thread_ids: Sequence[str]) -> dict[ThreadId, Standing]:
    """Return what there is of each of these threads."""
    asked = {"ids": [lookup_key(thread_id) for thread_id in thread_ids]}
    return {
        ThreadId(row.id): Standing(
            row.user_id,
            row.imported_for,
            row.content_sha256,
            row.language or "en",
            row.imported_seq or 0,
            row.last_seq or 0,
        )
        for row in await database.execute(_STANDING, asked)
    }
