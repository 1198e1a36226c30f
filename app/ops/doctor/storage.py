"""Whether files of users can be written, read and removed: one of our own is, and nothing is left of it."""

import asyncio

from app.attachments.blobs import Blobs, new_key
from app.attachments.serving import served
from app.errors import ChatKitServerError
from app.ops.doctor.findings import Finding
from app.settings import Settings

CONTENT = b"chatkit-server doctor"


async def check_storage(settings: Settings) -> list[Finding]:
    """Return what is wrong with the storage. A folder that no server has made yet is left alone."""
    folder = settings.data_dir / "files"
    if settings.files_url is None and not await asyncio.to_thread(folder.is_dir):
        return []
    blobs, key = Blobs(settings.files_url, folder), new_key()
    where = settings.files_url or str(folder.absolute())
    try:
        await blobs.put(key, CONTENT, served("text/plain", "doctor.txt"))
        is_whole = await blobs.read(key) == CONTENT
        await blobs.remove([key])
    except (ChatKitServerError, OSError, ValueError) as error:
        return [
            _broken(
                where, f"{type(error).__name__}: {error}" if isinstance(error, ChatKitServerError) else ""
            )
        ]
    return [] if is_whole else [_broken(where, "what was read is not what was written")]


def _broken(where: str, reason: str) -> Finding:
    return Finding(
        "storage",
        f"A file cannot be written to {where}, read and removed again" + (f" ({reason})." if reason else "."),
        "Look at the credentials and the region in the environment (AWS_ACCESS_KEY_ID, AWS_REGION …) and "
        "at what the "
        "account may do, PutObject, GetObject and DeleteObject; for a folder, at its owner and the room "
        "on its disk.",
    )
