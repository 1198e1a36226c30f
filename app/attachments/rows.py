"""Rows of `attachments` on their way: announced, uploaded, part of a message, gone.

A row names the key of its bytes before they are written, and a trigger notes the key of each row that is
deleted: so there are never bytes that nobody would remove. `app/threads/attachments.py` has the same rows as
the ChatKit SDK's store sees them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from chatkit.types import Attachment, ThreadItem
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert

from app.db.acting import for_everyone
from app.db.engine import Database, Executes
from app.db.tables import attachments, blob_removals, threads
from app.ids import AttachmentId, ThreadId, UserId
from app.threads.characters import lookup_key, storable_id
from app.threads.json_text import json_text
from app.threads.ownership import OWNER, THREAD, own_attachments, own_thread, owner
from app.threads.parameters import new, new_values

PENDING_LIFE = timedelta(hours=1)
"""How long an announced file is waited for."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """What is known of a file."""

    id: AttachmentId
    user_id: UserId
    name: str
    mime_type: str
    size: int
    state: str
    blob_key: str | None
    renditions: tuple[str, ...]
    max_bytes: int | None = None
    """Most bytes that may be sent for it, if that was said when it was announced."""

    @property
    def is_stored(self) -> bool:
        """Whether its bytes are in."""
        return self.state in ("uploaded", "attached") and self.blob_key is not None

    def key_of(self, rendition: str = "") -> str:
        """Return the key of its bytes, or of a smaller form."""
        return rendition_key(self.blob_key or "", rendition)


@dataclass(frozen=True, slots=True)
class Content:
    """What was found in the bytes of an upload."""

    size: int
    sha256: str
    blob_key: str
    renditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a user keeps already."""

    unsent: int
    used: int
    taken: bool
    """Whether the file at hand has been written down."""


def rendition_key(key: str, rendition: str) -> str:
    """Return the key of a smaller form of what is under `key`."""
    return f"{key}-{rendition}" if rendition else key


_ID = sa.bindparam("attachment", type_=sa.Text())
_IDS = sa.bindparam("attachments", type_=ARRAY(sa.Text()))
_KEY = sa.bindparam("key", type_=sa.Text())
_SIZE = sa.bindparam("new_size", type_=sa.BigInteger())
_QUOTA = sa.bindparam("quota", type_=sa.BigInteger())
_MAX_UNSENT = sa.bindparam("max_unsent", type_=sa.BigInteger())
_LIFE = sa.bindparam("life", type_=sa.Interval())
_UNSENT = attachments.c.state.in_(("pending", "uploaded"))
_OWN = sa.and_(own_attachments(), attachments.c.id == _ID)
_DESCRIBED = ("name", "mime_type", "payload")
_FOUND = (
    attachments.c.id,
    attachments.c.user_id,
    attachments.c.name,
    attachments.c.mime_type,
    sa.func.coalesce(attachments.c.size, 0).label("size"),
    attachments.c.state,
    attachments.c.blob_key,
    attachments.c.renditions,
    attachments.c.max_bytes,
)
_CONTENT = ("size", "sha256", "blob_key", "renditions")

# One upload of a user at a time is weighed, so that two cannot both take the last room.
_WEIGH = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(OWNER, 6)))


def _usage(*others: sa.ColumnElement[bool]) -> sa.CTE:
    unsent = sa.func.count().filter(_UNSENT).label("unsent")
    used = sa.func.coalesce(sa.func.sum(attachments.c.size), 0).cast(sa.BigInteger).label("used")
    return sa.select(unsent, used).where(own_attachments(), *others).cte("usage")


def _reserve() -> sa.Select[Any]:
    usage = _usage()
    values: dict[str, Any] = {
        "id": _ID,
        "user_id": OWNER,
        "state": sa.literal("pending", sa.Text()),
        "expires_at": sa.func.now() + _LIFE,
        **new(attachments, "max_bytes", *_DESCRIBED, *_CONTENT),
    }
    row = sa.select(*values.values()).where(usage.c.unsent < _MAX_UNSENT, usage.c.used + _SIZE <= _QUOTA)
    made = insert(attachments).from_select(list(values), row, include_defaults=False)
    taken = made.returning(attachments.c.id).cte("taken")
    return sa.select(usage, sa.exists(sa.select(taken.c.id)).label("taken"))


def _receive() -> sa.Select[Any]:
    usage = _usage(attachments.c.id != _ID)
    room = sa.select(usage.c.used + _SIZE <= _QUOTA).scalar_subquery()
    taken = (
        sa.update(attachments)
        .where(
            _OWN,
            attachments.c.state == "pending",
            attachments.c.blob_key.is_(None),
            attachments.c.expires_at > sa.func.now(),
            room,
        )
        .values(new(attachments, *_DESCRIBED, *_CONTENT))
        .returning(attachments.c.id)
        .cte("taken")
    )
    return sa.select(usage, sa.exists(sa.select(taken.c.id)).label("taken"))


def _generated() -> Insert:
    values: dict[str, Any] = {
        "id": _ID,
        "user_id": OWNER,
        "thread_id": THREAD,
        "state": sa.literal("pending", sa.Text()),
        "expires_at": sa.func.now() + _LIFE,
        **new(attachments, "item_id", *_DESCRIBED, *_CONTENT),
    }
    row = sa.select(*values.values()).where(sa.exists(sa.select(threads.c.id).where(own_thread())))
    return insert(attachments).from_select(list(values), row, include_defaults=False)


def _claim() -> sa.Update:
    # Locked in one order, lest two messages with the same files wait for each other.
    free = (
        sa.select(attachments.c.id)
        .where(own_attachments(), attachments.c.id == sa.any_(_IDS), attachments.c.state == "uploaded")
        .order_by(attachments.c.id)
        .with_for_update()
        .cte("free")
    )
    return (
        sa.update(attachments)
        .where(
            own_attachments(),
            attachments.c.id.in_(sa.select(free.c.id)),
            attachments.c.state == "uploaded",
        )
        .values({"state": "attached", "thread_id": THREAD, "expires_at": None, **new(attachments, "item_id")})
    )


_RESERVE, _RECEIVE, _GENERATED, _CLAIM = _reserve(), _receive(), _generated(), _claim()
_FINISH = (
    sa.update(attachments)
    .where(_OWN, attachments.c.state == "pending", attachments.c.blob_key == _KEY)
    .values(
        state=sa.case((attachments.c.thread_id.is_not(None), "attached"), else_="uploaded"),
        expires_at=sa.case((attachments.c.thread_id.is_not(None), None), else_=sa.func.now() + _LIFE),
    )
)
_FINISH_PASSING = (
    sa.update(attachments)
    .where(_OWN, attachments.c.state == "pending", attachments.c.blob_key == _KEY)
    .values(state="uploaded", expires_at=sa.func.now() + _LIFE)
)
_DISCARD = sa.delete(attachments).where(_OWN, _UNSENT)
_WITHDRAW = sa.delete(attachments).where(_OWN, attachments.c.blob_key == _KEY)
_ADDRESSED = sa.select(*_FOUND).where(attachments.c.id == _ID, for_everyone("a signed address"))
_REMOVE_LATER = insert(blob_removals).values(key=_KEY, user_id=OWNER, due_at=sa.func.now() + _LIFE)
_FIND = sa.select(*_FOUND).where(_OWN)
_FIND_ALL = sa.select(*_FOUND).where(own_attachments(), attachments.c.id == sa.any_(_IDS))


async def reserve(
    database: Database,
    user_id: UserId,
    attachment: Attachment,
    size: int,
    *,
    content: Content | None = None,
    arrives_at: str | None = None,
    upload_limit: int | None = None,
    max_unsent: int,
    max_bytes: int,
) -> Usage:
    """Write down a file that is announced, or (`content`) about to be stored, if there is room for it.

    What browsers put under the key `arrives_at` is removed when nothing can be put there any more.
    `upload_limit` are the most bytes that may be sent for it, where the server itself takes more.
    """
    limits = {"max_unsent": max_unsent, "quota": max_bytes, **new_values({"max_bytes": upload_limit})}
    values = _named(user_id, attachment.id) | _described(attachment) | _stored_as(size, content) | limits
    return await _weighed(database, _RESERVE, values, arrives_at)


async def receive(
    database: Database, user_id: UserId, attachment: Attachment, content: Content, *, max_bytes: int
) -> Usage:
    """Take one upload for a file that was announced; the first one to come is the only one."""
    values = _named(user_id, attachment.id) | _described(attachment) | _stored_as(content.size, content)
    return await _weighed(database, _RECEIVE, values | {"quota": max_bytes})


async def reserve_generated(
    database: Executes,
    user_id: UserId,
    thread_id: ThreadId,
    item_id: str,
    attachment: Attachment,
    content: Content,
) -> bool:
    """Write down a file that an answer brings; say whether the thread is there."""
    values = owner(user_id, thread_id) | {"attachment": attachment.id, "life": PENDING_LIFE}
    values |= new_values({"item_id": item_id}) | _described(attachment) | _stored_as(content.size, content)
    return (await database.execute(_GENERATED, values)).rowcount == 1


async def finish(
    database: Executes,
    user_id: UserId,
    attachment_id: AttachmentId,
    key: str,
    life: timedelta,
    *,
    passing: bool = False,
) -> bool:
    """Say that the bytes are in; False where the row is gone. What is `passing` is kept for `life` only."""
    values = _named(user_id, attachment_id) | {"key": key, "life": life}
    statement = _FINISH_PASSING if passing else _FINISH
    return (await database.execute(statement, values)).rowcount == 1


async def withdraw(database: Executes, user_id: UserId, attachment_id: AttachmentId, key: str) -> None:
    """Take back a file whose bytes could not be stored."""
    await database.execute(_WITHDRAW, _named(user_id, attachment_id) | {"key": key})


async def discard(database: Executes, user_id: UserId, attachment_id: str) -> bool:
    """Delete a file that is in no message; any other stays. Say whether one was deleted."""
    return (await database.execute(_DISCARD, _named(user_id, attachment_id))).rowcount == 1


async def claim(
    database: Executes,
    user_id: UserId,
    thread_id: ThreadId,
    item: ThreadItem,
    attachment_ids: Sequence[str],
) -> bool:
    """Make files part of a message; False where one of them is not free (any more)."""
    values = owner(user_id, thread_id) | new_values({"item_id": item.id})
    claimed = await database.execute(_CLAIM, values | {"attachments": list(attachment_ids)})
    return claimed.rowcount == len(attachment_ids)


async def find(database: Executes, user_id: UserId, attachment_id: str) -> FileRow | None:
    """Return a file of the user."""
    return _file((await database.execute(_FIND, _named(user_id, attachment_id))).one_or_none())


async def find_all(database: Executes, user_id: UserId, ids: Sequence[str]) -> dict[str, FileRow]:
    """Return those of the files that are the user's, by id."""
    values = owner(user_id) | {"attachments": [lookup_key(attachment_id) for attachment_id in ids]}
    found = (_file(row) for row in await database.execute(_FIND_ALL, values))
    return {file.id: file for file in found if file is not None}


async def find_addressed(database: Executes, attachment_id: str) -> FileRow | None:
    """Return the file that a signed address names: the signature stands for its owner."""
    return _file(
        (await database.execute(_ADDRESSED, {"attachment": lookup_key(attachment_id)})).one_or_none()
    )


async def _weighed(
    database: Database, statement: sa.Executable, values: dict[str, object], arrives_at: str | None = None
) -> Usage:
    async with database.transaction() as connection:
        await connection.execute(_WEIGH, {"owner": values["owner"]})
        row = (await connection.execute(statement, values)).one()
        if row.taken and arrives_at is not None:
            await connection.execute(_REMOVE_LATER, values | {"key": arrives_at})
    return Usage(row.unsent, row.used, row.taken)


def _named(user_id: UserId, attachment_id: str) -> dict[str, object]:
    return {"owner": storable_id(user_id), "attachment": lookup_key(attachment_id), "life": PENDING_LIFE}


def _described(attachment: Attachment) -> dict[str, object]:
    return new_values(
        {
            "name": attachment.name,
            "mime_type": attachment.mime_type,
            "payload": json_text(attachment),
        }
    )


def _stored_as(size: int, content: Content | None) -> dict[str, object]:
    return new_values(
        {
            "size": size,
            "sha256": content.sha256 if content else None,
            "blob_key": content.blob_key if content else None,
            "renditions": list(content.renditions) if content else [],
        }
    )


def _file(row: "sa.Row[Any] | None") -> FileRow | None:
    if row is None:
        return None
    return FileRow(
        AttachmentId(row.id),
        UserId(row.user_id),
        row.name,
        row.mime_type,
        row.size,
        row.state,
        row.blob_key,
        tuple(row.renditions),
        row.max_bytes,
    )
