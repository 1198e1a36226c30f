"""Fetch what there is of an attachment: its preview, and its file where the Files API knows its id.

Each attachment ends in exactly one state: `downloaded` (some bytes), `metadata_only` (there was nothing to
fetch) or `failed` (there was, and it could not be had). Must not trust names or types: bytes are kept under
their hash.
"""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from app.agent_builder.export.api import HostedApi
from app.agent_builder.export.pages import Element
from app.agent_builder.export.stopping import DiskFailed, Refused
from app.agent_builder.export.workspace import Workspace

LARGEST_FILE = 512 * 2**20
"""The hosted API takes no larger upload."""

Read = Callable[[Callable[[bytes], None], Callable[[], None]], Awaitable[str | None]]


def attachments_of(item: Element) -> list[dict[str, Any]]:
    """The attachments an item carries, whatever its type."""
    listed = item.value.get("attachments") if isinstance(item.value, dict) else None
    return [found for found in listed if isinstance(found, dict)] if isinstance(listed, list) else []


class AttachmentSaver:
    """Downloads attachments into the workspace, at most `concurrency` at once."""

    def __init__(self, api: HostedApi, workspace: Workspace, concurrency: int) -> None:
        self._api = api
        self._workspace = workspace
        self._open_files = asyncio.Semaphore(concurrency)

    async def save_page(
        self, thread_id: str, items: list[Element], known: dict[str, dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Fetch the attachments of a page at once, because preview addresses expire; one record for each.

        `known` are records of an earlier run by attachment id; what it downloaded is not fetched again.
        """
        wanted = [(item, attachment) for item in items for attachment in attachments_of(item)]
        async with asyncio.TaskGroup() as tasks:
            saved = [tasks.create_task(self._save(thread_id, item, found, known)) for item, found in wanted]
        return [task.result() for task in saved]

    async def _save(
        self, thread_id: str, item: Element, attachment: dict[str, Any], known: dict[str, dict[str, Any]]
    ) -> dict[str, Any]:
        url, file_id = attachment.get("preview_url"), attachment.get("id")
        earlier = known.get(str(file_id))
        if earlier and earlier["state"] == "downloaded":
            return earlier
        refusals: dict[str, Refused] = {}
        preview = original = None
        if isinstance(url, str) and url:
            preview = await self._fetch("preview", refusals, lambda *sink: self._api.read_url(url, *sink))
        if isinstance(file_id, str) and file_id:
            original = await self._fetch("file", refusals, lambda *sink: self._api.read_file(file_id, *sink))
        return {
            "thread_id": thread_id,
            "item_id": item.id,
            "attachment_id": file_id,
            **{name: attachment.get(name) for name in ("name", "mime_type", "type")},
            "state": _state(bool(preview or original), bool(url), refusals),
            "reason": "; ".join(f"{what}: {refusal.reason}" for what, refusal in refusals.items()) or None,
            "preview": preview,
            "file": original,
        }

    async def _fetch(self, what: str, refusals: dict[str, Refused], read: Read) -> dict[str, Any] | None:
        async with self._open_files:
            with _Blob(self._workspace.work / "blobs") as blob:
                try:
                    media_type = await read(blob.write, blob.restart)
                except Refused as refusal:
                    refusals[what] = refusal
                    return None
                blob.keep()
        return {"sha256": blob.sha256, "bytes": blob.size, "content_type": media_type}


def _state(has_bytes: bool, had_preview: bool, refusals: dict[str, Refused]) -> str:
    if has_bytes:
        return "downloaded"
    # Without a preview address, a Files API that does not know the id is the expected answer, not a failure.
    unexpected = had_preview or any(refusal.status not in (400, 404) for refusal in refusals.values())
    return "failed" if unexpected else "metadata_only"


class _Blob:
    """A download in progress; its file is named by its hash if it is kept, and deleted if not."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __enter__(self) -> "_Blob":
        descriptor, name = tempfile.mkstemp(dir=self._directory, prefix="part-")
        self._path = Path(name)
        self._file = os.fdopen(descriptor, "wb")
        self.restart()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def restart(self) -> None:
        """Begin again with nothing: the previous attempt broke off."""
        self._file.seek(0)
        self._file.truncate()
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Take the next bytes; raise `Refused` beyond the largest file there can be."""
        self.size += len(chunk)
        if self.size > LARGEST_FILE:
            raise Refused(f"larger than {LARGEST_FILE // 2**20} MB")
        self._hash.update(chunk)
        try:
            self._file.write(chunk)
        except OSError as error:
            raise DiskFailed(error) from error

    @property
    def sha256(self) -> str:
        """The hash of what was taken."""
        return self._hash.hexdigest()

    def keep(self) -> None:
        """Give the file its final name."""
        self._file.close()
        self._path.replace(self._directory / self.sha256)
