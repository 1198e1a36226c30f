"""Files that a browser has put into the object storage itself: taken in as any other before they are used.

Nobody says when such a file is complete, so it is looked for when it is needed. Its bytes are read once, cut
at the limit, recognised, and kept under a new key: what is put to the old address afterwards changes nothing.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from app.attachments import rows
from app.attachments.attachments import Attachments
from app.attachments.direct import arrival_key
from app.attachments.one_at_a_time import OneAtATime
from app.attachments.rows import FileRow
from app.attachments.uploads import Uploads
from app.context import Principal, RequestContext
from app.errors import ChatKitServerError, Conflict, NotFound, QuotaExceeded, Unavailable
from app.ids import UserId

ELSEWHERE_SECONDS = 10.0
"""How long another process is given to take in the same file."""

LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Made once. Does nothing where browsers send files to this server."""

    uploads: Uploads
    _taking: OneAtATime = field(default_factory=OneAtATime)

    @property
    def _files(self) -> Attachments:
        return self.uploads.files

    async def take(self, attachment_ids: Sequence[str], context: RequestContext) -> None:
        """Take in those of a user's files that have arrived; others stay as they are.

        Raises as an upload does for one that is refused.
        """
        if not self._files.direct.uploads or not attachment_ids:
            return
        async with self._taking.of(context.user_id):
            found = await rows.find_all(self._files.database, context.user_id, attachment_ids)
            for file in found.values():
                if file.state == "pending":
                    await self._take(file, context)

    async def take_addressed(
        self, attachment_id: str, purpose: str, until: str, signature: str, base_url: str
    ) -> None:
        """Take in the file at a signed address, if it has arrived and can be; raises nothing of its own."""
        if not self._files.direct.uploads:
            return
        self._files.addresses.check(attachment_id, purpose, until, signature)
        file = await rows.find_addressed(self._files.database, attachment_id)
        if file is not None and file.state == "pending":
            its_owner = RequestContext(Principal(file.user_id), "", base_url=base_url)
            # Whoever sends a message with it is told what is wrong with it.
            with suppress(ChatKitServerError):
                await self.take([attachment_id], its_owner)

    async def _take(self, file: FileRow, context: RequestContext) -> None:
        if file.blob_key is not None:
            await self._stored_elsewhere(file, context.user_id)
            return
        key = arrival_key(file.id)
        blobs = self._files.blobs
        try:
            pieces = await blobs.stream(key)
        except NotFound:
            return
        try:
            expected = self.uploads.expect(file)
            with self.uploads.incoming(expected.limits) as incoming:
                async for piece in pieces:
                    await incoming.write(piece)
                await self.uploads.receive_expected(incoming, expected, context)
        except QuotaExceeded:
            raise
        except Conflict:
            await self._stored_elsewhere(file, context.user_id)
        # A row says as well that it is to be removed, once nothing can be put there any more.
        with suppress(ChatKitServerError):
            await blobs.remove([key])

    async def _stored_elsewhere(self, file: FileRow, user_id: UserId) -> None:
        """Wait until the process that is at it has taken the file in."""
        try:
            async with asyncio.timeout(ELSEWHERE_SECONDS):
                while (now := await rows.find(self._files.database, user_id, file.id)) is not None:
                    if now.is_stored:
                        return
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise Unavailable("Files are not available right now; please try again.", retry_after=5) from None
