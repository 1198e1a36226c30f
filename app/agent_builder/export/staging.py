"""Turn the pages of one thread into its file, next to what an earlier run saved of it.

What was saved is never lost: an empty answer, or a broken-off one that lacks something, does not replace it,
and a version that is replaced without being contained in the new one is kept. Must not ask the API anything.
"""

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.agent_builder.archive.layout import items_path
from app.agent_builder.archive.reader import Archive
from app.agent_builder.export.journal import PageLog
from app.agent_builder.export.pages import read_line
from app.agent_builder.export.stopping import Refused
from app.agent_builder.export.workspace import Workspace


class Stager:
    """Writes down what became of threads, in the workspace."""

    def __init__(self, workspace: Workspace, previous: Archive | None) -> None:
        self._workspace = workspace
        self._previous = previous

    def settle(self, thread_id: str, log: PageLog, refusal: Refused | None) -> dict[str, Any]:
        """Turn the pages in a log into the thread's file, and write down the outcome."""
        pages = list(log.records())
        old = self._previous.items_entry(thread_id) if self._previous else None
        staged = self._stage(thread_id, log, base=base_of(pages), complete=refusal is None)
        staged.file["request_ids"] = [page["request_id"] for page in pages if page["request_id"]]
        stays = staged.outcome == "unchanged" or (refusal is not None and not staged.file["items"])
        record = {
            "thread_id": thread_id,
            "outcome": "failed" if refusal else staged.outcome,
            "staged": not stays,
            "file": old if stays else staged.file,
            "replaces": staged.replaces,
            "attachments": self._attachment_records(thread_id, pages),
            "failure": _failure(thread_id, refusal, staged.file["items"]) if refusal else None,
        }
        self._workspace.finish_thread(record)
        log.remove()
        return record

    def _stage(self, thread_id: str, log: PageLog, *, base: int, complete: bool) -> "_Staged":
        path = self._workspace.staged_items(thread_id)
        lines = (line for _, line in log.lines())
        old_lines = self.old_items(thread_id)
        digest, count, size, diverged = hashlib.sha256(), 0, 0, False
        with path.open("wb") as file:
            for new in itertools.chain(itertools.islice(self.old_items(thread_id), base), lines):
                old = next(old_lines, None)
                line = (old if old is not None and same_item(old, new) else new) + b"\n"
                diverged |= old is not None and line != old + b"\n"
                file.write(line)
                digest.update(line)
                count, size = count + 1, size + len(line)
        entry = {"path": items_path(thread_id), "thread_id": thread_id, "items": count, "bytes": size}
        staged = _Staged({**entry, "sha256": digest.hexdigest()}, "added", None)
        known = self._previous.items_entry(thread_id) if self._previous else None
        if known is None:
            return staged
        loses = diverged or next(old_lines, None) is not None
        if staged.file["sha256"] == known["sha256"] or count == base or (loses and not complete):
            path.unlink()
            return dataclasses.replace(staged, outcome="unchanged")
        return dataclasses.replace(staged, outcome="changed", replaces=known["sha256"] if loses else None)

    def _attachment_records(self, thread_id: str, pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        records = {_attachment_key(record): record for record in self.old_attachments(thread_id)}
        for page in pages:
            records.update({_attachment_key(record): record for record in page["attachments"]})
        return list(records.values())

    def old_items(self, thread_id: str) -> Iterator[bytes]:
        """The lines an earlier run saved of a thread."""
        return self._previous.items(thread_id) if self._previous else iter(())

    def old_attachments(self, thread_id: str) -> list[dict[str, Any]]:
        """The attachment records of an earlier run."""
        return self._previous.attachments_of(thread_id) if self._previous else []


@dataclass(frozen=True)
class _Staged:
    """A thread's new file; `replaces` is the hash of an older version that it does not contain."""

    file: dict[str, Any]
    outcome: str
    replaces: str | None


def same_item(old: bytes, new: bytes) -> bool:
    """Whether two lines are the same item; preview addresses are signed anew at every read."""
    return old == new or (
        b"preview_url" in old
        and without_previews(read_line(old)) == without_previews(read_line(new)) is not None
    )


def without_previews(value: object) -> object:
    """The same JSON without addresses of previews."""
    if isinstance(value, dict):
        return {key: without_previews(found) for key, found in value.items() if key != "preview_url"}
    return [without_previews(found) for found in value] if isinstance(value, list) else value


def base_of(pages: list[dict[str, Any]]) -> int:
    """How many lines of the earlier file stand before what the pages hold."""
    return int(pages[-1]["base"]) if pages else 0


def _attachment_key(record: dict[str, Any]) -> str:
    return json.dumps([record["item_id"], record["attachment_id"]])


def _failure(thread_id: str, refusal: Refused, saved: int) -> dict[str, Any]:
    return {"thread_id": thread_id, "status": refusal.status, "reason": refusal.reason, "items_saved": saved}
