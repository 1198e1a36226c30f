"""One thread: made from the archive once more, and laid beside what is stored of it.

What users have done here since is told apart from damage: a thread that went on may have lost its end to a
retry, and a title may be a new one. Whatever else is not as it was imported is a difference.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from app.agent_builder.importing.composing import Composed, Composer, content_sha256
from app.agent_builder.importing.saved import SavedItems, SavedThread, SavedThreads
from app.agent_builder.verifying.differences import Difference, TextHash, compared, fields_in
from app.agent_builder.verifying.files import StoredFiles
from app.db.engine import Database
from app.ids import ThreadId, UserId
from app.threads.importing.prepared import PreparedThread
from app.threads.importing.standing import Standing
from app.threads.importing.stored import StoredItem, stored_items, stored_memory, stored_thread

AT_MOST = 50
"""Differences reported of one thread; the rest are counted."""

_MAY_CHANGE = ("title", "status", "status_reason")


@dataclass(slots=True)
class Verdict:
    """What was found of a thread."""

    thread_id: str
    user: str | None
    state: str = "same"
    """same, different, missing, changed_here, deleted_here or damaged."""
    owner: str | None = None
    in_archive: Counter[str] = field(default_factory=Counter)
    here: Counter[str] = field(default_factory=Counter)
    """Items by the type that they have here."""
    text_in_archive: str = ""
    text_here: str = ""
    changed_here: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    not_shown: int = 0
    losses: Counter[str] = field(default_factory=Counter)
    fields: int = 0
    """How many fields were compared."""
    lines: list[dict[str, str]] = field(default_factory=list)
    """Each item side by side, where the thread is of the sample."""

    def differs(self, place: str, archive: str, here: str, item_id: str | None = None) -> None:
        """Note a difference."""
        self.state = "different"
        if len(self.differences) < AT_MOST:
            self.differences.append(Difference(self.thread_id, item_id, place, archive, here))
        else:
            self.not_shown += 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """Made once."""

    database: Database
    saved: SavedThreads
    files: StoredFiles

    async def verdict(self, thread: SavedThread, before: Standing, *, in_sample: bool) -> Verdict:
        """Compare a thread with what is stored."""
        found = Verdict(thread.id, thread.user, owner=before.imported_for)
        items = self.saved.items(thread)
        if items is None:
            found.state = "damaged"
        elif before.is_deleted_here:
            found.state = "deleted_here"
        elif before.user_id is None or before.imported_for is None:
            found.state = "missing"
        else:
            await self._compare(found, thread, items, before, before.user_id, in_sample=in_sample)
        return found

    async def _compare(
        self,
        found: Verdict,
        thread: SavedThread,
        items: SavedItems,
        before: Standing,
        owner: UserId,
        *,
        in_sample: bool,
    ) -> None:
        if owner != before.imported_for:
            found.differs("owner", str(before.imported_for), owner)
        expected_hash = content_sha256(self.saved, thread, items)
        if before.content_sha256 != expected_hash:
            found.differs("what was imported (SHA-256)", expected_hash, str(before.content_sha256))
        self.files.wrong.clear()
        composer = Composer(self.saved, self.files, None, before.language)
        composed = await composer.compose(thread, items, owner)
        for wrong in self.files.wrong:
            found.differs(*wrong)
        found.losses = composed.losses
        await self._thread_row(found, thread, composed, owner)
        await self._items(found, composed.thread, before, owner, in_sample=in_sample)
        await self._memory(found, composed.thread, before, owner)
        if found.changed_here and found.state == "same":
            found.state = "changed_here"

    async def _thread_row(
        self, found: Verdict, thread: SavedThread, composed: Composed, owner: UserId
    ) -> None:
        row = await stored_thread(self.database, ThreadId(thread.id), owner)
        if row is None:
            found.differs("thread", "there", "(nothing)")
            return
        expected = {name: composed.thread.columns[name] for name in ("raw", "created_at")}
        found.fields += len(expected)
        for place, archive, here in compared(expected, {name: row[name] for name in expected}, "thread"):
            found.differs(place, archive, here)
        found.changed_here += [name for name in _MAY_CHANGE if row[name] != composed.thread.columns[name]]

    async def _items(
        self, found: Verdict, thread: PreparedThread, before: Standing, owner: UserId, *, in_sample: bool
    ) -> None:
        expected = {row["id"]: row for row in _rows(thread.items)}
        texts = TextHash(), TextHash()
        for row in expected.values():
            found.in_archive[row["type"]] += 1
            texts[0].add(row["text"])
        missing = dict.fromkeys(expected)
        async for item in stored_items(self.database, thread.id, owner):
            if item.id in expected:
                del missing[item.id]
                found.here[item.columns["type"]] += 1
                texts[1].add(item.columns["text"])
                # An action of ours may have changed a widget, which counts as activity.
                may_change = before.is_continued_here and item.columns["type"] == "widget"
                _compare_item(found, expected[item.id], item, may_change=may_change, in_sample=in_sample)
            elif item.seq <= before.imported_seq:
                found.differs("item", "(nothing)", f"at {item.seq}", item.id)
        found.text_in_archive, found.text_here = texts[0].value, texts[1].value
        is_cut = before.is_continued_here and list(missing) == list(expected)[len(expected) - len(missing) :]
        if before.is_continued_here:
            found.changed_here.append("items")
        for item_id in () if is_cut else missing:
            found.differs("item", "there", "(nothing)", item_id)

    async def _memory(self, found: Verdict, thread: PreparedThread, before: Standing, owner: UserId) -> None:
        expected = {row["seq"]: (from_json(row["item"]), row["tokens"]) for row in _rows(thread.memory)}
        missing = dict.fromkeys(expected)
        async for seq, item, tokens in stored_memory(self.database, thread.id, owner):
            if seq > before.imported_seq:
                break
            missing.pop(seq, None)
            row = {"item": from_json(item), "tokens": tokens}
            wanted = dict(zip(("item", "tokens"), expected[seq], strict=True)) if seq in expected else {}
            found.fields += fields_in(wanted)
            for difference in compared(wanted, row, f"memory[{seq}]"):
                found.differs(*difference)
        if missing and not before.is_continued_here:
            found.differs("memory", f"{len(expected)} rows", f"{len(expected) - len(missing)} rows")


def _rows(columns: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _compare_item(
    found: Verdict, expected: dict[str, Any], item: StoredItem, *, may_change: bool, in_sample: bool
) -> None:
    names = [name for name in expected if name not in ("id", "payload")]
    here = {**item.columns, "seq": item.seq, "raw": item.raw}
    wanted = {name: expected[name] for name in names} | {"payload": from_json(expected["payload"])}
    stored = {name: here[name] for name in names} | {"payload": from_json(item.columns["payload"])}
    found.fields += fields_in(wanted)
    is_same = True
    for place, archive, now in compared(wanted, stored, "item"):
        is_same = False
        if may_change and place.startswith(("item.payload", "item.text")):
            found.changed_here.append(f"widget {item.id}")
        else:
            found.differs(place, archive, now, item.id)
    if in_sample:
        found.lines.append(
            {
                "id": item.id,
                "type": str(expected["type"]),
                "in_archive": (expected["text"] or "")[:300],
                "here": (item.columns["text"] or "")[:300],
                "fields": str(fields_in(wanted)),
                "result": "same" if is_same else "different",
            }
        )
