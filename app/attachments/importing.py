"""Taking in files that come with imported threads: by the same recognition and limits as an upload.

A file is stored before the thread it belongs to is written, and made part of it in the thread's transaction.
What is left of an import that broke off is an upload that was never sent, and goes as such.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from chatkit.types import Attachment, UserMessageItem

from app.attachments import import_rows, rows
from app.attachments.attachments import described
from app.attachments.blobs import Blobs, new_key
from app.attachments.content import Inspector, store
from app.attachments.import_rows import StoredCopy
from app.attachments.names import clean_name
from app.attachments.recognition import ENDS, UNKNOWN, Ends
from app.attachments.rows import Content
from app.attachments.rules import Limits
from app.attachments.unavailable import is_unavailable, unavailable
from app.db.engine import Database, Executes
from app.errors import BadRequest, ChatKitServerError, PayloadTooLarge, QuotaExceeded
from app.ids import AttachmentId, ThreadId, UserId

LIFE = timedelta(hours=24)
"""How long a file is kept whose thread does not come."""

PLACE = "http://localhost"
"""Where addresses of files begin as long as they are stored."""

_REFUSALS = (BadRequest, PayloadTooLarge, QuotaExceeded)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of a message that is imported; without bytes `data` is None, and `reason` says why."""

    id: str
    name: str
    mime_type: str
    data: bytes | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileImporter:
    """Made once."""

    database: Database
    blobs: Blobs
    inspector: Inspector
    limits: Limits
    dry_run: bool = False
    """Whether files are only looked at."""

    @property
    def max_bytes(self) -> int:
        """The size of the largest file that is taken."""
        return self.limits.max_bytes

    async def take_all(self, user_id: UserId, wanted: Sequence[Wanted]) -> list[Attachment]:
        """Store files of the user and return them as they stand in a message.

        What is there by now is not stored again. What an upload would be refused for makes it a file without
        bytes. Raises `Unavailable` or `StorageFull` as an upload does.
        """
        known = await import_rows.find_all(self.database, user_id, [one.id for one in wanted])
        return [await self._take(user_id, one, known.get(one.id)) for one in wanted]

    async def _take(self, user_id: UserId, wanted: Wanted, known: StoredCopy | None) -> Attachment:
        name = clean_name(wanted.name)
        if wanted.data is None:
            return without_bytes(wanted, wanted.reason)
        sha256 = hashlib.sha256(wanted.data).hexdigest()
        if known is not None and known.holds(sha256):
            return message_part(known)
        try:
            return await self._stored(user_id, wanted, name, wanted.data, sha256, known)
        except _REFUSALS as error:
            return without_bytes(wanted, error.message)

    async def claim(self, connection: Executes, user_id: UserId, item: UserMessageItem) -> None:
        """Make the files of an imported message part of it, in the transaction that writes its thread."""
        thread_id = ThreadId(item.thread_id)
        for attachment in item.attachments:
            if is_unavailable(attachment):
                await import_rows.note_unavailable(connection, user_id, thread_id, item.id, attachment)
            else:
                await import_rows.claim(connection, user_id, thread_id, item.id, attachment.id)

    async def _stored(
        self,
        user_id: UserId,
        wanted: Wanted,
        name: str,
        data: bytes,
        sha256: str,
        known: StoredCopy | None,
    ) -> Attachment:
        self.limits.check_size(len(data))
        inspected = await self.inspector.inspect(BytesIO(data), Ends(data[:ENDS], data[-ENDS:], name))
        self.limits.check_type(inspected.mime_type)
        content = Content(len(data), sha256, new_key(), tuple(inspected.renditions))
        attachment = described(wanted.id, name, inspected.mime_type, PLACE)
        if self.dry_run:
            return attachment
        if known is not None:
            await import_rows.remove(self.database, user_id, wanted.id)
        usage = await rows.reserve(
            self.database,
            user_id,
            attachment,
            content.size,
            content=content,
            max_unsent=2**62,
            max_bytes=self.limits.user_bytes,
        )
        if not usage.taken:
            # What waits to be sent has nothing to do with it.
            self.limits.check_usage(unsent=-1, used=usage.used, size=content.size)
        owned = user_id, AttachmentId(wanted.id), content.blob_key
        try:
            await store(self.blobs, content.blob_key, data, inspected, name)
        except ChatKitServerError:
            await rows.withdraw(self.database, *owned)
            raise
        await rows.finish(self.database, *owned, LIFE)
        return attachment.model_copy(update={"metadata": {"size": content.size}})


def without_bytes(wanted: Wanted, reason: str) -> Attachment:
    """Return a file as it stands in a message, its bytes not to be had."""
    return unavailable(wanted.id, clean_name(wanted.name), _claimed(wanted.mime_type), reason)


def message_part(known: StoredCopy) -> Attachment:
    """Return a file that is stored as it stands in a message."""
    if known.sha256 is None:
        return unavailable(known.id, known.name, known.mime_type, known.reason)
    attachment = described(known.id, known.name, known.mime_type, PLACE)
    return attachment.model_copy(update={"metadata": {"size": known.size}})


def _claimed(mime_type: str) -> str:
    plain = mime_type.split(";")[0].strip().lower()
    is_one = plain.count("/") == 1 and len(plain) <= 100 and plain.isascii() and plain.isprintable()
    return plain if is_one else UNKNOWN
