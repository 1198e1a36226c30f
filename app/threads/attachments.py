"""Rows of `attachments`, each for its owner only. Knows nothing of the bytes."""

import sqlalchemy as sa
from chatkit.types import Attachment, FileAttachment
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.dialects import postgresql

from app.db.engine import Executes
from app.db.tables import attachments, threads
from app.ids import AttachmentId, UserId
from app.threads.characters import lookup_key, storable_id, storable_text
from app.threads.errors import attachment_missing
from app.threads.json_text import json_text
from app.threads.ownership import OWNER, THREAD, own_attachments, own_thread, owner
from app.threads.parameters import new, new_values

_ADAPTER: TypeAdapter[Attachment] = TypeAdapter(Attachment)
_ATTACHMENT = sa.bindparam("attachment", type_=sa.Text())
_DESCRIBED = ("name", "mime_type", "state", "payload")


def _save() -> postgresql.Insert:
    values = {"id": _ATTACHMENT, "user_id": OWNER, "thread_id": THREAD, **new(attachments, *_DESCRIBED)}
    in_own_thread = sa.exists(sa.select(threads.c.id).where(own_thread()))
    row = sa.select(*values.values()).where(sa.or_(THREAD.is_(None), in_own_thread))
    insert = postgresql.insert(attachments).from_select(list(values), row)
    return insert.on_conflict_do_update(
        index_elements=[attachments.c.id],
        set_={name: insert.excluded[name] for name in ("thread_id", *_DESCRIBED)},
        where=own_attachments(),
    )


_SAVE = _save()
_OWN = sa.and_(own_attachments(), attachments.c.id == _ATTACHMENT)
_LOAD = sa.select(
    attachments.c.id,
    attachments.c.name,
    attachments.c.mime_type,
    attachments.c.thread_id,
    sa.cast(attachments.c.payload, sa.Text).label("payload"),
).where(_OWN)
_DELETE = sa.delete(attachments).where(_OWN)


async def save(database: Executes, user_id: UserId, attachment: Attachment) -> None:
    """Store an attachment, or write one anew that is the user's already; its owner never changes.

    Raise `NotInStore` if the id, or the thread it names, is not the user's.
    """
    parameters = {
        "owner": storable_id(user_id),
        "thread": attachment.thread_id and lookup_key(attachment.thread_id),
        "attachment": storable_id(attachment.id),
        **new_values(_described(attachment)),
    }
    if (await database.execute(_SAVE, parameters)).rowcount == 0:
        raise attachment_missing()


async def load(database: Executes, attachment_id: AttachmentId, user_id: UserId) -> Attachment:
    """Return an attachment, or raise `NotInStore`."""
    row = (await database.execute(_LOAD, _named(attachment_id, user_id))).one_or_none()
    if row is None:
        raise attachment_missing()
    try:
        return _ADAPTER.validate_json(row.payload)
    except ValidationError:
        return FileAttachment(id=row.id, name=row.name, mime_type=row.mime_type, thread_id=row.thread_id)


async def delete(database: Executes, attachment_id: AttachmentId, user_id: UserId) -> bool:
    """Delete the record of an attachment; say whether there was one."""
    return (await database.execute(_DELETE, _named(attachment_id, user_id))).rowcount == 1


def _described(attachment: Attachment) -> dict[str, object]:
    return {
        "name": storable_text(attachment.name),
        "mime_type": storable_text(attachment.mime_type),
        "state": _state(attachment),
        "payload": json_text(attachment),
    }


def _state(attachment: Attachment) -> str:
    if attachment.thread_id:
        return "attached"
    return "pending" if attachment.upload_descriptor else "uploaded"


def _named(attachment_id: AttachmentId, user_id: UserId) -> dict[str, object]:
    return owner(user_id) | {"attachment": lookup_key(attachment_id)}
