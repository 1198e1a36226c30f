"""Finding items by what they say, over all users: by words from the index, else as a piece of text.

Not owner-scoped, by design. Words are those of PostgreSQL's `simple` configuration; languages that do not
separate them, and pieces of words, are found as a substring, for which items are read (`scan.py`).
"""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.admin.records import Match, Matches
from app.admin.scan import SECONDS, Scan
from app.admin.views import admin_messages

EXCERPT = 'MaxWords=24, MinWords=12, StartSel="", StopSel=""'
BEFORE, AROUND = 60, 160
"""Characters of an excerpt before what was found, and in all."""

_SIMPLE: sa.ColumnElement[str] = sa.literal_column("'simple'", sa.Text())
# As the index has it, or the index is not used.
_VECTOR = sa.func.to_tsvector(
    _SIMPLE,
    sa.func.left(
        sa.func.coalesce(admin_messages.c.text, sa.literal_column("''")), sa.literal_column("100000")
    ),
)


async def search(
    connection: AsyncConnection,
    query: str,
    *,
    limit: int,
    user_id: str | None = None,
    since: datetime | None = None,
    seconds: float = SECONDS,
) -> Matches:
    """Return the newest items that say `query`: words, "a phrase", -without; else some that contain it.

    For the latter items are read, those written last first, until there are enough or `seconds` are over.
    """
    query = query.replace("\x00", "")
    words = sa.func.websearch_to_tsquery(_SIMPLE, query)
    excerpt = sa.func.ts_headline(_SIMPLE, admin_messages.c.text, words, EXCERPT)
    by_words = _found(_VECTOR.bool_op("@@")(words), excerpt, limit, user_id, since)
    rows = (await connection.execute(by_words)).mappings().all()
    if rows:
        return _matches([Match(**row) for row in rows], "words", limit)
    at = sa.func.strpos(sa.func.lower(admin_messages.c.text), query.lower())
    excerpt = sa.func.substr(admin_messages.c.text, sa.func.greatest(at - BEFORE, 1), AROUND)
    found: list[Match] = []
    scan = Scan(connection, user_id, seconds)
    async for contains in scan.parts(query):
        statement = _found(contains, excerpt, limit, user_id, since)
        found += [Match(**row) for row in (await connection.execute(statement)).mappings()]
        if len(found) > limit:
            break
    return _matches(found, "substring", limit, whole=scan.whole or len(found) > limit)


def _matches(
    found: list[Match], by: Literal["words", "substring"], limit: int, *, whole: bool = True
) -> Matches:
    newest = sorted(found, key=lambda match: match.created_at, reverse=True)
    return Matches(newest[:limit], by, more=len(found) > limit, whole=whole)


def _found(
    condition: sa.ColumnElement[bool],
    excerpt: sa.ColumnElement[str],
    limit: int,
    user_id: str | None,
    since: datetime | None,
) -> sa.Select[Any]:
    messages = admin_messages.c
    found = sa.select(
        messages.thread_id,
        messages.id.label("item_id"),
        messages.user_id,
        messages.created_at,
        messages.role,
        messages.type,
        messages.hidden,
        excerpt.label("excerpt"),
    ).where(condition)
    if user_id is not None:
        found = found.where(messages.user_id == user_id)
    if since is not None:
        found = found.where(messages.created_at >= since)
    return found.order_by(messages.created_at.desc(), messages.thread_id, messages.seq.desc()).limit(
        limit + 1
    )
