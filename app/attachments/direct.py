"""What browsers do with an object storage themselves, by addresses that are signed for minutes.

Owns where an announced file is sent when it does not pass through this server. Such bytes are in no row: what
becomes of them is in `arrivals.py`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.attachments.blobs import Blobs
from app.errors import ConfigurationError
from app.ids import AttachmentId

DOWNLOAD_LIFE = timedelta(minutes=5)
UPLOAD_LIFE = timedelta(minutes=15)
"""How long an upload may take to begin; bytes may come again as long as that."""


@dataclass(frozen=True, slots=True)
class Direct:
    """What browsers may do, and the storage."""

    blobs: Blobs
    downloads: bool = False
    uploads: bool = False

    async def download(self, key: str) -> str:
        """Return an address of what is under a key."""
        return await self.blobs.address("GET", key, DOWNLOAD_LIFE)

    async def upload(self, attachment_id: AttachmentId) -> str:
        """Return an address that takes the bytes of an announced file, by PUT."""
        return await self.blobs.address("PUT", arrival_key(attachment_id), UPLOAD_LIFE)


def direct(blobs: Blobs, allowed: Literal["none", "downloads", "all"]) -> Direct:
    """Return what the setting allows; raise `ConfigurationError` where files are in a folder."""
    if allowed != "none" and not blobs.is_object_storage:
        raise ConfigurationError(
            "CHATKIT_FILES_DIRECT needs an object storage: set CHATKIT_FILES_URL to one, or leave it out."
        )
    return Direct(blobs, downloads=allowed != "none", uploads=allowed == "all")


def arrival_key(attachment_id: AttachmentId) -> str:
    """Return where the bytes of an announced file arrive; nothing is served from there."""
    return f"arriving/{attachment_id}"
