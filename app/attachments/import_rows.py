"""The statements on `attachments` for files that come with imported threads; the others are in `rows.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from chatkit.types import Attachment
from sqlalchemy.dialects.postgresql import ARRAY, insert

from app.db.engine import Executes
from app.db.tables import attachments, threads
from app.ids import AttachmentId, ThreadId, UserId
from app.threads.characters import lookup_key, storable_text
from app.threads.json_text import json_text
from app.threads.ownership import OWNER, THREAD, own_attachments, own_thread, owner
from app.threads.parameters import new, new_values


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """What is known of a file that is there."""

    id: AttachmentId
    name: str
    mime_type: str
    size: int
    state: str
    sha256: str | None
    """None where it has no bytes."""
    blob_key: str | None
    item_id: str | None
    reason: str
    """Why it has no bytes."""

    def holds(self, sha256: str) -> bool:
        """Say whether it is part of a message with just these bytes."""
        return self.state == "attached" and self.sha256 == sha256


_ID = sa.bindparam("attachment", type_=sa.Text())
_IDS = sa.bindparam("attachments", type_=ARRAY(sa.Text()))
_OWN = sa.and_(own_attachments(), attachments.c.id == _ID)
_FIND_ALL = sa.select(
    attachments.c.id,
    attachments.c.name,
    attachments.c.mime_type,
    attachments.c.size,
    attachments.c.state,
    attachments.c.sha256,
    attachments.c.blob_key,
    attachments.c.item_id,
    attachments.c.payload["metadata"]["unavailable"].astext.label("reason"),
).where(own_attachments(), attachments.c.id == sa.any_(_IDS))
_REMOVE = sa.delete(attachments).where(_OWN)
_CLAIM = (
    sa.update(attachments)
    .where(_OWN, attachments.c.state.in_(("uploaded", "attached")))
    .values({"state": "attached", "thread_id": THREAD, "expires_at": None, **new(attachments, "item_id")})
)
_DESCRIBED = ("item_id", "name", "mime_type", "payload")


def _note() -> Any:
    values = {
        "id": _ID,
        "user_id": OWNER,
        "thread_id": THREAD,
        "state": sa.literal("unavailable", sa.Text()),
        **new(attachments, *_DESCRIBED),
    }
    row = sa.select(*values.values()).where(sa.exists(sa.select(threads.c.id).where(own_thread())))
    made = insert(attachments).from_select(list(values), row, include_defaults=False)
    return made.on_conflict_do_update(
        index_elements=[attachments.c.id],
        set_={name: made.excluded[name] for name in _DESCRIBED},
        where=sa.and_(own_attachments(), attachments.c.state == "unavailable"),
    )


_NOTE = _note()


async def find_all(database: Executes, user_id: UserId, ids: Sequence[str]) -> dict[str, StoredCopy]:
    """Return those of the files that are the user's, by id."""
    found = await database.execute(_FIND_ALL, owner(user_id) | {"attachments": list(ids)})
    return {
        row.id: StoredCopy(
            AttachmentId(row.id),
            row.name,
            row.mime_type,
            row.size or 0,
            row.state,
            row.sha256,
            row.blob_key,
            row.item_id,
            row.reason or "",
        )
        for row in found
    }


async def remove(database: Executes, user_id: UserId, attachment_id: str) -> None:
    """Remove what an earlier import has left of a file; its bytes follow."""
    await database.execute(_REMOVE, owner(user_id) | {"attachment": lookup_key(attachment_id)})


async def claim(
    connection: Executes, user_id: UserId, thread_id: ThreadId, item_id: str, attachment_id: str
) -> None:
    """Make a stored file part of an item; raise `LookupError` where it has gone."""
    values = owner(user_id, thread_id) | {"attachment": attachment_id} | new_values({"item_id": item_id})
    if (await connection.execute(_CLAIM, values)).rowcount != 1:
        raise LookupError("a file was removed while its thread was being imported")


async def note_unavailable(
    connection: Executes, user_id: UserId, thread_id: ThreadId, item_id: str, attachment: Attachment
) -> None:
    """Note a file without bytes as part of an item; one that has bytes keeps them."""
    described = {
        "item_id": item_id,
        "name": storable_text(attachment.name),
        "mime_type": attachment.mime_type,
        "payload": json_text(attachment),
    }
    values = owner(user_id, thread_id) | {"attachment": attachment.id} | new_values(described)
    await connection.execute(_NOTE, values)
