"""The bytes of an attachment of a message, as far as the archive has them, else the reason why not.

Names and types are claims of whoever made the archive; only the hash of the bytes is proven here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.agent_builder.archive.layout import BLOBS_DIRECTORY, blob_path
from app.agent_builder.archive.reader import ArchiveProblem
from app.agent_builder.importing.saved import Record, SavedThreads
from app.attachments.importing import Wanted
from app.threads.importing.hosted import text_of
from app.threads.importing.places import Place, derived_id

NO_RECORD = "the archive has no record of it"
NOT_GIVEN = "the hosted API gives only its name and type"
ONLY_PREVIEW = "only a preview of it could be saved"
DAMAGED = "its bytes are missing in the archive, or damaged"


@dataclass(frozen=True, slots=True)
class SavedFiles:
    """The files of one thread: what became of each when the archive was made."""

    saved: SavedThreads
    max_bytes: int
    records: Mapping[tuple[str, str], Record]

    @classmethod
    def of(cls, saved: SavedThreads, thread_id: str, max_bytes: int) -> "SavedFiles":
        """Return those of a thread."""
        records = {
            (str(record.get("item_id")), str(record.get("attachment_id"))): record
            for record in saved.files_of(thread_id)
        }
        return cls(saved, max_bytes, records)

    def wanted(self, raw: Mapping[str, Any], place: Place) -> list[Wanted]:
        """Return the files of a message."""
        listed = raw.get("attachments")
        given = [found for found in listed if isinstance(found, dict)] if isinstance(listed, list) else []
        return [self._wanted(str(raw.get("id")), place, index, found) for index, found in enumerate(given)]

    def _wanted(self, item_id: str, place: Place, index: int, given: Mapping[str, Any]) -> Wanted:
        hosted_id = str(given.get("id"))
        record = self.records.get((item_id, hosted_id))
        data, reason = (None, NO_RECORD) if record is None else self._bytes(record, given, place)
        return Wanted(
            attachment_id(place, index, hosted_id),
            text_of(given, "name") or "file",
            text_of(given, "mime_type") or "",
            data,
            reason,
        )

    def _bytes(self, record: Record, given: Mapping[str, Any], place: Place) -> tuple[bytes | None, str]:
        if record.get("state") != "downloaded":
            return None, text_of(record, "reason") or NOT_GIVEN
        sha256 = saved_sha256(record, given)
        if sha256 is None:
            return None, ONLY_PREVIEW
        path = blob_path(sha256)
        entry = self.saved.archive.entry(path)
        if entry is not None and entry["bytes"] > self.max_bytes:
            return None, f"it is too large: at most {self.max_bytes:,} bytes"
        try:
            data = self.saved.archive.read(path)
        except (OSError, ArchiveProblem) as error:
            self.saved.note(*_where(path), f"the bytes cannot be read: {_reason(error)}", place.thread_id)
            return None, DAMAGED
        if hashlib.sha256(data).hexdigest() != sha256:
            self.saved.note(*_where(path), "it is not what was saved", place.thread_id)
            return None, DAMAGED
        return data, ""


def attachment_id(place: Place, index: int, hosted_id: str) -> str:
    """Return the id of a file here: the hosted one may stand in several messages, this one cannot."""
    return derived_id("atc", place.thread_id, place.id, str(index), hosted_id)


def saved_sha256(record: Record, given: Mapping[str, Any]) -> str | None:
    """Return the hash of the bytes that stand for a file; a preview stands for an image only."""
    for name in ("file", "preview") if given.get("type") == "image" else ("file",):
        found = record.get(name)
        if isinstance(found, dict) and isinstance(found.get("sha256"), str):
            return str(found["sha256"])
    return None


def _where(path: str) -> tuple[str, int]:
    return path if len(path) < 200 else BLOBS_DIRECTORY, 0


def _reason(error: Exception) -> str:
    return error.strerror or "it cannot be opened" if isinstance(error, OSError) else str(error)[:200]
