"""The statements on `transcript_items`. Each names the owner; each is one round trip.

`seq` comes from `threads.last_seq`, as it does for the items of a thread, so that "everything after this
item" is the same comparison in both tables.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy import Row as FoundRow
from sqlalchemy.dialects.postgresql import JSONB

from app.db.engine import Executes
from app.db.owned import own_thread, own_transcript
from app.db.tables import threads, transcript_items
from app.ids import ThreadId, TurnId, UserId
from app.transcripts.portable import portable
from app.transcripts.storable import storable
from app.transcripts.tokens import estimated_tokens
from app.transcripts.trimming import Row

_table = transcript_items.c
_after_the_last = 2**63 - 1


async def append(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    turn_id: TurnId | None,
    items: Sequence[object],
) -> int:
    """Write `items` at the end; return how many were written: none if the user has no such thread."""
    if not items:
        return 0
    parameters = insertion_values(thread_id, user_id, turn_id, items)
    return (await database.execute(_append, parameters)).rowcount


def insertion_values(
    thread_id: ThreadId, user_id: UserId, turn_id: TurnId | None, items: Sequence[object]
) -> dict[str, object]:
    """Return the parameters of `insertion`."""
    rows = [row_of(item) for item in items]
    return {"thread": thread_id, "owner": user_id, "turn": turn_id, "rows": rows, "count": len(rows)}


async def newest(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    *,
    before: int | None,
    room: int,
    limit: int,
) -> list[Row]:
    """Return, newest first, the replayable rows before a place until their tokens exceed `room`.

    At most `limit` rows are looked at. The row that exceeds `room` is returned as the last.
    """
    parameters = {
        "thread": thread_id,
        "owner": user_id,
        "before": _after_the_last if before is None else before,
        "room": room,
        "limit": limit,
    }
    return [_found(row) for row in await database.execute(_newest, parameters)]


async def question_before(database: Executes, thread_id: ThreadId, user_id: UserId, seq: int) -> Row | None:
    """Return the last thing that the user said before a place."""
    parameters = {"thread": thread_id, "owner": user_id, "before": seq}
    row = (await database.execute(_question_before, parameters)).first()
    return None if row is None else _found(row)


async def latest_items(
    database: Executes, thread_id: ThreadId, user_id: UserId, limit: int | None
) -> list[Any]:
    """Return the latest `limit` items (all if None) as they were stored, oldest first; no damaged rows."""
    found = await database.execute(_latest.limit(limit), {"thread": thread_id, "owner": user_id})
    return list(reversed(found.scalars().all()))


async def pop(database: Executes, thread_id: ThreadId, user_id: UserId) -> Any | None:
    """Remove and return the latest item, together with damaged rows after it."""
    removed = (await database.execute(_pop, {"thread": thread_id, "owner": user_id})).all()
    return min(removed, key=lambda row: row.seq).item if removed else None


async def clear(database: Executes, thread_id: ThreadId, user_id: UserId) -> None:
    """Remove every row of a thread."""
    await database.execute(_clear, {"thread": thread_id, "owner": user_id})


def _found(row: "FoundRow[Any]") -> Row:
    return Row(row.seq, row.turn_id, row.item, row.tokens)


def row_of(item: object) -> dict[str, Any]:
    """Return an item as it is stored, and its estimated size in tokens."""
    stored = storable(item)
    return {"item": stored, "tokens": estimated_tokens(portable(stored))}


# A row of 0 tokens holds what no provider is sent again, such as reasoning.
_replayable = own_transcript() & (_table.tokens > 0)


def insertion(*conditions: ColumnElement[bool]) -> Insert:
    """Return the statement that writes items at the end of the user's thread, if `conditions` hold."""
    given = (
        func.jsonb_array_elements(bindparam("rows", type_=JSONB))
        .table_valued("value", with_ordinality="place", name="given")
        .render_derived()
    )
    value = func.jsonb_extract_path(given.c.value, "item", type_=JSONB)
    tokens = func.jsonb_extract_path_text(given.c.value, "tokens").cast(Integer)
    count = bindparam("count", type_=Integer)
    thread = (
        update(threads)
        .where(own_thread(), *conditions)
        .values(last_seq=threads.c.last_seq + count)
        .returning(threads.c.id, (threads.c.last_seq - count).label("base"))
        .cte("thread")
    )
    numbered = select(
        thread.c.id,
        thread.c.base + given.c.place,
        bindparam("turn", type_=_table.turn_id.type),
        value,
        tokens,
    )
    return insert(transcript_items).from_select(
        ["thread_id", "seq", "turn_id", "item", "tokens"],
        numbered.select_from(thread.join(given, true())),
        include_defaults=False,
    )


def _newest_statement() -> Select[Any]:
    latest = (
        select(_table.seq, _table.turn_id, _table.item, _table.tokens)
        .where(_replayable, _table.seq < bindparam("before"))
        .order_by(_table.seq.desc())
        .limit(bindparam("limit"))
        .subquery("latest")
    )
    newer = func.sum(latest.c.tokens).over(order_by=latest.c.seq.desc()) - latest.c.tokens
    measured = select(latest, newer.label("newer")).subquery("measured")
    return (
        select(measured.c.seq, measured.c.turn_id, measured.c.item, measured.c.tokens)
        .where(measured.c.newer <= bindparam("room"))
        .order_by(measured.c.seq.desc())
    )


_append = insertion()
_newest = _newest_statement()
_question_before = (
    select(_table.seq, _table.turn_id, _table.item, _table.tokens)
    .where(_replayable, _table.seq < bindparam("before"), _table.item["role"].astext == "user")
    .order_by(_table.seq.desc())
    .limit(1)
)
_is_usable = func.jsonb_typeof(_table.item) == literal("object")
_latest = select(_table.item).where(own_transcript(), _is_usable).order_by(_table.seq.desc())
_last_usable = select(func.max(_table.seq)).where(own_transcript(), _is_usable).scalar_subquery()
_pop = (
    delete(transcript_items)
    .where(own_transcript(), _table.seq >= _last_usable)
    .returning(_table.seq, _table.item)
)
_clear = delete(transcript_items).where(own_transcript())
