"""Taking in files: announced first and sent later, or sent at once.

What is refused leaves nothing behind. The bytes are in before anything says so, and a row names their place
before they are there, so that a process that dies in between leaves nothing that is not removed later.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from chatkit.types import Attachment, AttachmentCreateParams, AttachmentUploadDescriptor
from pydantic import AnyUrl

from app.attachments import rows
from app.attachments.addresses import Purpose, nothing_there
from app.attachments.answers import PREFIX
from app.attachments.attachments import Attachments, described
from app.attachments.blobs import new_key
from app.attachments.content import Inspected, store
from app.attachments.direct import arrival_key
from app.attachments.incoming import Incoming, incoming
from app.attachments.names import clean_name
from app.attachments.one_at_a_time import OneAtATime
from app.attachments.rows import Content, FileRow
from app.attachments.rules import Limits
from app.context import RequestContext
from app.db.engine import Database
from app.errors import ChatKitServerError, Conflict, Malformed
from app.ids import AttachmentId, UserId, new_id
from app.threads.errors import attachment_missing

MAX_TYPE = 100


@dataclass(frozen=True, slots=True)
class Expected:
    """An announced file whose bytes may be sent."""

    id: AttachmentId
    user_id: UserId
    name: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Uploads:
    """Made once. `folder` is where bytes are while they arrive; unsent files are kept for `life`."""

    database: Database
    files: Attachments
    folder: Path
    life: timedelta
    deleted: Callable[[], None]
    """Called when there are bytes to be removed."""
    count: Callable[[RequestContext], Awaitable[None]]
    """Called for each file before it is taken; raises where its session may have no more."""
    weighing: OneAtATime = field(default_factory=OneAtATime)

    @contextmanager
    def incoming(self, limits: Limits) -> Iterator[Incoming]:
        """Take one upload for as long as the block lasts."""
        with incoming(self.folder, limits) as upload:
            yield upload

    async def create(self, announced: AttachmentCreateParams, context: RequestContext) -> Attachment:
        """Write down a file that the page is going to send, and say where to."""
        limits = self.files.limits_in(context)
        limits.check_size(announced.size)
        mime_type = _claimed_type(announced.mime_type)
        limits.check_type(mime_type)
        await self.count(context)
        attachment = described(new_id(PREFIX), clean_name(announced.name), mime_type, context.base_url)
        async with self.weighing.of(context.user_id):
            usage = await rows.reserve(
                self.database,
                context.user_id,
                attachment,
                announced.size,
                arrives_at=arrival_key(AttachmentId(attachment.id)) if self.files.direct.uploads else None,
                upload_limit=limits.max_bytes if context.session else None,
                max_unsent=limits.max_unsent,
                max_bytes=limits.user_bytes,
            )
        if not usage.taken:
            limits.check_usage(unsent=usage.unsent, used=usage.used, size=announced.size)
        descriptor = await self._descriptor(AttachmentId(attachment.id), context)
        fresh = self.files.with_fresh_url(attachment, context)
        return fresh.model_copy(update={"upload_descriptor": descriptor})

    async def _descriptor(
        self, attachment_id: AttachmentId, context: RequestContext
    ) -> AttachmentUploadDescriptor:
        if self.files.direct.uploads:
            url = AnyUrl(await self.files.direct.upload(attachment_id))
            return AttachmentUploadDescriptor(url=url, method="PUT")
        url = AnyUrl(self.files.url(attachment_id, context, Purpose.UPLOAD))
        return AttachmentUploadDescriptor(url=url, method="POST")

    async def expected(self, attachment_id: str, purpose: str, until: str, signature: str) -> Expected:
        """Return the file that a signed address takes; asked before any of its bytes is read."""
        self.files.addresses.check(attachment_id, purpose, until, signature)
        file = await rows.find_addressed(self.database, attachment_id)
        if file is None or purpose != Purpose.UPLOAD:
            raise nothing_there()
        if file.state != "pending" or file.blob_key is not None:
            raise _uploaded_already()
        return self.expect(file)

    def expect(self, file: FileRow) -> Expected:
        """Return an announced file as it may be sent: on the terms of whoever has announced it."""
        limits = self.files.limits_here()
        if file.max_bytes is not None:
            limits = limits.at_most(file.max_bytes)
        return Expected(file.id, file.user_id, file.name, limits)

    async def receive(self, upload: Incoming, name: str, context: RequestContext) -> Attachment:
        """Keep a file that came without being announced."""
        limits = self.files.limits_in(context)
        name = clean_name(name)
        inspected = await self._inspect(upload, name, limits)
        attachment = described(new_id(PREFIX), name, inspected.mime_type, context.base_url)
        content = _content(upload, inspected)
        await self.count(context)
        async with self.weighing.of(context.user_id):
            usage = await rows.reserve(
                self.database,
                context.user_id,
                attachment,
                content.size,
                content=content,
                max_unsent=limits.max_unsent,
                max_bytes=limits.user_bytes,
            )
        if not usage.taken:
            limits.check_usage(unsent=usage.unsent, used=usage.used, size=content.size)
        await self._store(upload, content, inspected, attachment, context.user_id)
        return self.files.with_fresh_url(attachment, context)

    async def receive_expected(self, upload: Incoming, file: Expected, context: RequestContext) -> Attachment:
        """Keep the bytes of an announced file; the first upload to be complete is the only one."""
        limits = file.limits
        inspected = await self._inspect(upload, file.name, limits)
        attachment = described(file.id, file.name, inspected.mime_type, context.base_url)
        content = _content(upload, inspected)
        async with self.weighing.of(file.user_id):
            usage = await rows.receive(
                self.database, file.user_id, attachment, content, max_bytes=limits.user_bytes
            )
        if not usage.taken:
            limits.check_usage(unsent=0, used=usage.used, size=content.size)
            raise _uploaded_already()
        await self._store(upload, content, inspected, attachment, file.user_id)
        return self.files.with_fresh_url(attachment, context)

    async def delete(self, attachment_id: str, context: RequestContext) -> None:
        """Delete a file of the user that is in no message; anything else stays as it is."""
        self.files.limits_here()
        if await rows.discard(self.database, context.user_id, attachment_id):
            self.deleted()

    async def _inspect(self, upload: Incoming, name: str, limits: Limits) -> Inspected:
        await upload.flush()
        limits.check_size(upload.size)
        inspected = await self.files.inspector.inspect(upload.file, upload.ends(name))
        limits.check_type(inspected.mime_type)
        return inspected

    async def _store(
        self,
        upload: Incoming,
        content: Content,
        inspected: Inspected,
        attachment: Attachment,
        user_id: UserId,
    ) -> None:
        owned = user_id, AttachmentId(attachment.id), content.blob_key
        try:
            with upload.mapped() as data:
                await store(self.files.blobs, content.blob_key, data, inspected, attachment.name)
        except ChatKitServerError:
            await rows.withdraw(self.database, *owned)
            raise
        if not await rows.finish(self.database, *owned, self.life):
            raise attachment_missing()


def _content(upload: Incoming, inspected: Inspected) -> Content:
    return Content(upload.size, upload.sha256, new_key(), tuple(inspected.renditions))


def _claimed_type(mime_type: str) -> str:
    """Return a media type as it is claimed, without parameters; it is found out when the bytes are in."""
    plain = mime_type.split(";")[0].strip().lower()
    if not plain:
        return "application/octet-stream"
    if plain.count("/") != 1 or len(plain) > MAX_TYPE or not plain.isascii() or not plain.isprintable():
        raise Malformed("This is not a media type.")
    return plain


def _uploaded_already() -> Conflict:
    return Conflict("This file has been uploaded already.")
