"""The files of this server, for everything else in it: to read, to address, to send, to add to an answer.

Every file is asked for by its owner; who has none learns the same of a file as of one that does not exist.
Uploading is in `uploads.py`.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from chatkit.types import (
    Attachment,
    FileAttachment,
    ImageAttachment,
    ThreadItem,
    UserMessageItem,
)
from pydantic import AnyUrl

from app.attachments import rows
from app.attachments.addresses import Addresses, Purpose, nothing_there, plain_address
from app.attachments.answers import PREFIX, own_file, signed
from app.attachments.blobs import Blobs, new_key
from app.attachments.content import Inspector, store
from app.attachments.direct import DOWNLOAD_LIFE, Direct
from app.attachments.images import media_type
from app.attachments.names import clean_name
from app.attachments.recognition import ENDS, IMAGES, Ends
from app.attachments.rows import Content, FileRow
from app.attachments.rules import Limits
from app.attachments.unavailable import is_unavailable, named_as_such
from app.context import RequestContext
from app.db.engine import Database, Executes
from app.errors import ChatKitServerError, Conflict, Malformed, NotEnabled, NotFound
from app.ids import AttachmentId, ThreadId, UserId, new_id
from app.threads.errors import attachment_missing, thread_missing


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file with its bytes."""

    name: str
    mime_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file whose bytes are about to be sent."""

    name: str
    mime_type: str
    size: int
    pieces: AsyncIterator[bytes]
    good_for: int
    """Seconds that the address is still good for."""


@dataclass(frozen=True, slots=True)
class FileElsewhere:
    """A file that the object storage itself sends."""

    url: str
    good_for: int
    """Seconds for which a browser may keep the address."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """Made once. `limits` is None where no files are taken; answers may bring some all the same."""

    database: Database
    blobs: Blobs
    addresses: Addresses
    inspector: Inspector
    limits: Limits | None
    direct: Direct

    def limits_here(self) -> Limits:
        """Return what holds for files on this server; raise `NotEnabled` where it takes none."""
        if self.limits is None:
            raise NotEnabled("Attachments are not enabled on this server.")
        return self.limits

    def limits_in(self, context: RequestContext) -> Limits:
        """Return what of it holds for this request; raise `NotEnabled` where its session takes none."""
        limits = self.limits_here()
        return limits.under(context.session.files) if context.session else limits

    def url(self, attachment_id: str, context: RequestContext, purpose: Purpose = Purpose.CONTENT) -> str:
        """Return an address of a file that is good for an hour or two, absolute, for whoever has it."""
        return self.addresses.address(context.base_url, AttachmentId(attachment_id), purpose)

    def with_fresh_urls(self, item: ThreadItem, context: RequestContext) -> ThreadItem:
        """Return an item as it may leave the server: the addresses of our own files in it made anew."""
        match item:
            case UserMessageItem() if item.attachments:
                fresh = [self.with_fresh_url(attachment, context) for attachment in item.attachments]
                return item.model_copy(update={"attachments": fresh})
            case _:
                return signed(item, lambda attachment_id: self.url(attachment_id, context))

    def with_fresh_url(self, attachment: Attachment, context: RequestContext) -> Attachment:
        """Return an attachment with an address of its preview, if it is an image of ours.

        The name of one without bytes says so, in the language of the reader.
        """
        if is_unavailable(attachment):
            return named_as_such(attachment, context.language)
        if not isinstance(attachment, ImageAttachment) or own_file(str(attachment.preview_url)) is None:
            return attachment
        preview = AnyUrl(self.url(attachment.id, context, Purpose.PREVIEW))
        return attachment.model_copy(update={"preview_url": preview})

    async def read(self, attachment_id: str, user_id: UserId) -> StoredFile:
        """Return a file of the user; raise `NotFound` if there is none, or its bytes are not in."""
        file = await rows.find(self.database, user_id, attachment_id)
        if file is None or not file.is_stored:
            raise attachment_missing()
        return StoredFile(file.name, file.mime_type, await self.blobs.read(file.key_of()))

    async def open(
        self, attachment_id: str, purpose: str, until: str, signature: str
    ) -> OpenedFile | FileElsewhere:
        """Return the file at a signed address; raise the same `NotFound` whatever is wrong with it."""
        left = self.addresses.check(attachment_id, purpose, until, signature)
        file = await rows.find_addressed(self.database, attachment_id)
        if file is None or not file.is_stored or purpose == Purpose.UPLOAD:
            raise nothing_there()
        if self.direct.downloads:
            form = "" if purpose == Purpose.CONTENT else "preview"
            good_for = min(left, int(DOWNLOAD_LIFE.total_seconds()) // 2)
            return FileElsewhere(await self.direct.download(file.key_of(form)), good_for)
        try:
            if purpose == Purpose.CONTENT:
                pieces = await self.blobs.stream(file.key_of())
                return OpenedFile(file.name, file.mime_type, file.size, pieces, left)
            preview = await self.blobs.read(file.key_of("preview"))
        except NotFound:
            raise nothing_there() from None
        return OpenedFile(file.name, media_type(preview), len(preview), _once(preview), left)

    async def store_generated(
        self,
        thread_id: ThreadId,
        user_id: UserId,
        item_id: str,
        name: str,
        data: bytes,
        *,
        passing: bool = False,
        as_image: bool = False,
    ) -> str:
        """Keep a file that belongs to an item of an answer, and return its id.

        It goes with its item when the answer is tried again, and with its thread. Its type is that of the
        bytes. A `passing` one is for the time being: it can be discarded, and goes by itself before long.
        Raise `NotFound` if the user has no such thread (any more), `Malformed` where it shall be shown
        `as_image` and is none.
        """
        name = clean_name(name)
        inspected = await self.inspector.inspect(BytesIO(data), Ends(data[:ENDS], data[-ENDS:], name))
        if as_image and inspected.mime_type not in IMAGES:
            raise Malformed("This is not an image that can be shown.")
        attachment = described(new_id(PREFIX), name, inspected.mime_type, "http://localhost")
        key = new_key()
        content = Content(len(data), hashlib.sha256(data).hexdigest(), key, tuple(inspected.renditions))
        owned = user_id, AttachmentId(attachment.id)
        if not await rows.reserve_generated(self.database, user_id, thread_id, item_id, attachment, content):
            raise thread_missing()
        try:
            await store(self.blobs, key, data, inspected, name)
        except ChatKitServerError:
            await rows.withdraw(self.database, *owned, key)
            raise
        if not await rows.finish(self.database, *owned, key, rows.PENDING_LIFE, passing=passing):
            raise thread_missing()
        return attachment.id

    async def discard(self, attachment_id: str, user_id: UserId) -> None:
        """Remove a file that is for the time being."""
        await rows.discard(self.database, user_id, attachment_id)

    async def check(self, attachment_ids: Sequence[str], context: RequestContext) -> list[Attachment]:
        """Return the files that a message names, as they stand in it; refuse what can be refused by now.

        One that was sent before passes: this may be the same message again. `claim` decides.
        """
        if not attachment_ids:
            return []
        self.limits_in(context).check_count(len(attachment_ids))
        if len(set(attachment_ids)) != len(attachment_ids):
            raise Malformed("A file can be sent only once with a message.")
        found = await rows.find_all(self.database, context.user_id, attachment_ids)
        return [self._sent(found.get(attachment_id), context) for attachment_id in attachment_ids]

    def _sent(self, file: FileRow | None, context: RequestContext) -> Attachment:
        if file is None or file.state == "unavailable":
            raise attachment_missing()
        if not file.is_stored:
            raise Conflict("A file of this message has not been uploaded yet.")
        attachment = described(file.id, file.name, file.mime_type, context.base_url)
        fresh = self.with_fresh_url(attachment, context)
        return fresh.model_copy(update={"metadata": {"size": file.size}})

    async def claim(self, connection: Executes, user_id: UserId, item: UserMessageItem) -> None:
        """Make the files of a message part of it, in the transaction that stores it.

        Raise `Conflict` where one of them was sent in another message, or has been removed.
        """
        ids = [attachment.id for attachment in item.attachments]
        if not await rows.claim(connection, user_id, ThreadId(item.thread_id), item, ids):
            raise Conflict("A file of this message has been sent already, or was removed.")


def described(attachment_id: str, name: str, mime_type: str, base_url: str) -> Attachment:
    """Return a file as the ChatKit protocol has it, with addresses that open nothing yet."""
    if mime_type in IMAGES:
        preview = AnyUrl(plain_address(base_url, attachment_id))
        return ImageAttachment(id=attachment_id, name=name, mime_type=mime_type, preview_url=preview)
    return FileAttachment(id=attachment_id, name=name, mime_type=mime_type)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
