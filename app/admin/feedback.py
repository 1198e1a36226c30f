"""Votes with what was asked and what was answered, for those who evaluate or improve an assistant.

Not owner-scoped, by design. Read page by page in one order, so that no statement is long and no connection is
held for long, however many there are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import feedback, thread_items, turns
from app.ids import TurnId, trace_id_of

PAGE = 500


@dataclass(frozen=True, slots=True)
class VoteFilter:
    """Which votes are wanted; what is None does not matter."""

    user_id: str | None = None
    kind: Literal["positive", "negative"] | None = None
    since: datetime | None = None
    """Cast or changed at or after this time."""


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """A vote; `question` is the user message before the item, the other texts are as a person reads them."""

    kind: str
    user_id: str
    thread_id: str
    item_id: str
    item_type: str
    created_at: datetime
    updated_at: datetime
    question_id: str | None
    question: str | None
    answer: str | None
    turn_id: str | None
    turn_status: str | None
    model: str | None
    input_tokens: int | None
    output_tokens: int | None

    @property
    def trace_id(self) -> str | None:
        """The trace of the run that answered, where runs are traced; its group is the thread."""
        return trace_id_of(TurnId(self.turn_id)) if self.turn_id else None


Place = tuple[str, str, str]


async def votes(
    connection: AsyncConnection, wanted: VoteFilter, after: Place | None = None
) -> tuple[list[VoteRecord], Place | None]:
    """Return a page of votes, thread by thread, oldest thread first, and the place of the next page."""
    key = sa.tuple_(feedback.c.thread_id, feedback.c.item_id, feedback.c.user_id)
    page = _filtered(wanted).order_by(*key.clauses).limit(PAGE)
    if after is not None:
        page = page.where(key > sa.tuple_(*map(sa.literal, after)))
    found = [VoteRecord(**row) for row in (await connection.execute(page)).mappings()]
    last = found[-1] if len(found) == PAGE else None
    return found, (last.thread_id, last.item_id, last.user_id) if last else None


def _filtered(wanted: VoteFilter) -> sa.Select[tuple[object, ...]]:
    statement = _statement()
    if wanted.user_id is not None:
        statement = statement.where(feedback.c.user_id == wanted.user_id)
    if wanted.kind is not None:
        statement = statement.where(feedback.c.kind == wanted.kind)
    if wanted.since is not None:
        statement = statement.where(feedback.c.updated_at >= wanted.since)
    return statement


def _statement() -> sa.Select[tuple[object, ...]]:
    item, earlier = thread_items.alias("item"), thread_items.alias("earlier")
    question = (
        sa.select(earlier.c.id, earlier.c.text)
        .where(earlier.c.thread_id == item.c.thread_id, earlier.c.seq < item.c.seq, earlier.c.role == "user")
        .order_by(earlier.c.seq.desc())
        .limit(1)
        .lateral("question")
    )
    of_item = sa.and_(item.c.thread_id == feedback.c.thread_id, item.c.id == feedback.c.item_id)
    of_turn = sa.and_(turns.c.thread_id == item.c.thread_id, turns.c.id == item.c.turn_id)
    return sa.select(
        feedback.c.kind,
        feedback.c.user_id,
        feedback.c.thread_id,
        feedback.c.item_id,
        item.c.type.label("item_type"),
        feedback.c.created_at,
        feedback.c.updated_at,
        question.c.id.label("question_id"),
        question.c.text.label("question"),
        item.c.text.label("answer"),
        item.c.turn_id,
        turns.c.status.label("turn_status"),
        turns.c.model,
        turns.c.input_tokens,
        turns.c.output_tokens,
    ).select_from(feedback.join(item, of_item).outerjoin(turns, of_turn).outerjoin(question, sa.true()))
