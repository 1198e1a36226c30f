"""A saved thread with all that is written of it: items, files, memory, and a hash of its sources."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chatkit.types import Attachment, UserMessageItem
from pydantic_core import to_json

from app.agent_builder.importing.files import SavedFiles
from app.agent_builder.importing.memory import memory_of
from app.agent_builder.importing.saved import SavedItems, SavedThread, SavedThreads
from app.attachments.importing import Wanted
from app.attachments.unavailable import is_unavailable
from app.ids import ThreadId, UserId
from app.threads.importing.hosted import kind_of
from app.threads.importing.mapping import VERSION, mapped
from app.threads.importing.metadata import metadata
from app.threads.importing.places import Place, places
from app.threads.importing.prepared import HostedItem, PreparedThread, prepared


class TakesFiles(Protocol):
    """What becomes of the files of a message: they are stored, or found stored."""

    @property
    def max_bytes(self) -> int:
        """Of a larger file the bytes need not be read."""
        ...

    async def take_all(self, user_id: UserId, wanted: Sequence[Wanted]) -> list[Attachment]:
        """Return the files as they stand in the message."""
        ...


@dataclass(slots=True)
class Composed:
    """A thread ready to be written, and what is to be said of it."""

    thread: PreparedThread
    with_files: list[UserMessageItem] = field(default_factory=list)
    losses: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    """How many are stored (""), and how many are not, by reason."""


def content_sha256(saved: SavedThreads, thread: SavedThread, items: SavedItems) -> str:
    """Return a hash of everything that a thread here is made from, the way it is made included."""
    files = to_json(
        [
            [record.get(name) for name in ("item_id", "attachment_id", "state", "file", "preview")]
            for record in saved.files_of(thread.id)
        ]
    )
    parts = (str(VERSION).encode(), thread.text.encode(), items.sha256.encode(), files)
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class Composer:
    """Made once. `language` is that of the few sentences that are put among the items."""

    saved: SavedThreads
    files: TakesFiles
    image_domains: Sequence[str] | None
    language: str

    async def compose(
        self, thread: SavedThread, items: SavedItems, user_id: UserId, language: str | None = None
    ) -> Composed:
        """Return a thread; its files are stored by then. Raise `BadRequest` for one that cannot be."""
        losses = Counter[str]()
        noted = list[str]()
        made = metadata(thread.raw, ThreadId(thread.id), self.image_domains, noted)
        losses.update(noted)
        language = language or self.language
        found = list(places(ThreadId(thread.id), made.created_at, items.raws))
        attachments = await self._files(thread, items, found, user_id)
        hosted = list[HostedItem]()
        kinds = Counter[str]()
        for raw, text, place in zip(items.raws, items.texts, found, strict=True):
            item = mapped(raw, place, language, attachments.get(place.id, ()))
            losses.update(item.losses)
            kinds[kind_of(raw)[:60]] += 1
            hosted.append(HostedItem(item, text, memory_of(item.item)))
        composed = prepared(
            user_id,
            made,
            thread.text,
            hosted,
            content_sha256=content_sha256(self.saved, thread, items),
            language=language,
        )
        files = Counter(_reason(file) for given in attachments.values() for file in given)
        return Composed(composed, _with_files(hosted), losses, kinds, files)

    async def _files(
        self, thread: SavedThread, items: SavedItems, found: Sequence[Place], user_id: UserId
    ) -> dict[str, list[Attachment]]:
        if not any(raw.get("attachments") for raw in items.raws):
            return {}
        files = SavedFiles.of(self.saved, thread.id, self.files.max_bytes)
        taken = dict[str, list[Attachment]]()
        for raw, place in zip(items.raws, found, strict=True):
            if kind_of(raw) == "user_message" and (wanted := files.wanted(raw, place)):
                taken[place.id] = await self.files.take_all(user_id, wanted)
        return taken


def _with_files(items: Sequence[HostedItem]) -> list[UserMessageItem]:
    messages = (item.mapped.item for item in items)
    return [found for found in messages if isinstance(found, UserMessageItem) and found.attachments]


def _reason(file: Attachment) -> str:
    return str((file.metadata or {}).get("unavailable")) if is_unavailable(file) else ""
