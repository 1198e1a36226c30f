"""What is lost: journals of what readers were told, against what the servers and the database say afterwards.

Every function yields a sentence per loss; none of them means that the promise held.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chatkit.types import ThreadItem
from pydantic import TypeAdapter, ValidationError

from tests.chaos.browser import Browser
from tests.chaos.fleet import Server
from tests.chaos.journal import JSON, Journal, text_of
from tests.chaos.records import Records, Turn
from tests.chaos.script import Tale

FLUSH_SECONDS = 0.25
"""How much text a kill may cost."""
SLOWNESS_SECONDS = 0.15
"""What writing that text, and reading it here, may take on a machine that is busy with the attack itself."""
LEFT_OPEN = "No complete answer"

_ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)


@dataclass
class Cost:
    """What a kill cost, for the table: the text lost of each turn, in milliseconds."""

    milliseconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.milliseconds:
            return "no text lost"
        ordered = sorted(self.milliseconds)
        median, most = ordered[len(ordered) // 2], ordered[-1]
        over = sum(cost > FLUSH_SECONDS * 1000 for cost in ordered)
        return f"text lost: median {median:.0f} ms, at most {most:.0f} ms, over 250 ms: {over}"


async def of_a_killed_turn(
    journal: Journal,
    tale: Tale,
    browser: Browser,
    server: Server,
    records: Records,
    killed: float,
    cost: Cost,
) -> list[str]:
    """Return all that was lost of a turn whose process was killed at the time `killed`."""
    items = await browser.items(server, journal.thread_id)
    rows = await records.items(journal.thread_id)
    (turn,) = [turn for turn in await records.turns(journal.thread_id) if turn.kind == "threads.create"]
    found = [
        *of_order(journal, items, rows),
        *of_acknowledged(journal, items),
        *of_text(journal, tale, items, killed, cost),
        *of_closing(turn, items),
        *of_validity(items),
    ]
    return [f"{journal.thread_id} ({journal.question}): {loss}" for loss in found]


def of_acknowledged(journal: Journal, items: Sequence[JSON]) -> Iterator[str]:
    """What the reader was told is done must be there, as it was told."""
    there = {item["id"]: item for item in items}
    for item_id, item in journal.done.items():
        if item_id not in there:
            yield f"acknowledged {item['type']} {item_id} is gone"
        elif same(there[item_id]) != same(item):
            yield f"acknowledged {item_id} reads differently: {same(item)} is now {same(there[item_id])}"


def of_order(journal: Journal, items: Sequence[JSON], rows: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Items stand in the order in which they appeared, once each, without a hole."""
    ids = [item["id"] for item in items]
    if len(set(ids)) != len(ids):
        yield f"an item stands twice: {ids}"
    if [item_id for _, item_id in rows if item_id in set(ids)] != ids:
        yield f"the pages are not in the order of the rows: {ids}, {rows}"
    # What the closing of a turn adds comes after items that began within the last flush, and are not there.
    closing = {item["id"] for item in items if _says_left_open(item)}
    told = [item_id for item_id in ids if item_id not in closing]
    begun = [item_id for item_id in journal.begun if item_id not in closing]
    seen = [item_id for item_id in told if item_id in begun]
    if seen != begun[: len(seen)]:
        yield f"a hole, or another order: appeared {begun}, stored {told}"
    if seen != told[: len(seen)]:
        yield f"what the reader never saw stands before what it saw: appeared {begun}, stored {told}"
    if closing and ids[-1] not in closing:
        yield f"something stands behind the end: {ids}, {closing}"


def of_text(journal: Journal, tale: Tale, items: Sequence[JSON], killed: float, cost: Cost) -> Iterator[str]:
    """Messages are a beginning of what was told, and lack at most what was shown since the last flush."""
    stored = [item for item in items if item["type"] == "assistant_message"]
    for message, whole in zip(stored, tale.texts, strict=False):
        if not whole.startswith(text_of(message)):
            yield f"not what was told: {text_of(message)!r} of {whole!r}"
    if len(stored) > len(tale.texts):
        yield f"{len(stored)} messages of {len(tale.texts)}"
    texts = {item["id"]: text_of(item) for item in stored}
    first_lost = min(
        (since for item_id in journal.shown for since in _lost(journal, item_id, texts)), default=None
    )
    if first_lost is not None:
        seconds = killed - first_lost
        cost.milliseconds.append(seconds * 1000)
        if seconds > FLUSH_SECONDS + SLOWNESS_SECONDS:
            yield f"{seconds * 1000:.0f} ms of text lost"


def _lost(journal: Journal, item_id: str, texts: dict[str, str]) -> Iterator[float]:
    length = 0
    for shown_at, piece in journal.shown[item_id]:
        length += len(piece)
        if length > len(texts.get(item_id, "")):
            yield shown_at


def of_closing(turn: Turn, items: Sequence[JSON]) -> Iterator[str]:
    """An interrupted turn says so in its thread, once; one that ended says nothing of the kind."""
    told = sum(_says_left_open(item) for item in items)
    if turn.status not in ("interrupted", "done"):
        yield f"the turn is {turn.status}"
    elif told != (turn.status == "interrupted"):
        yield f"the turn is {turn.status}, and its thread says so {told} times"
    loading = [item["id"] for item in items if item["type"] == "workflow" and "loading" in json.dumps(item)]
    if loading:
        yield f"still loading: {loading}"


def _says_left_open(item: JSON) -> bool:
    return bool(item["type"] == "task" and item["task"]["title"] == LEFT_OPEN)


def of_validity(items: Sequence[JSON]) -> Iterator[str]:
    """Every item is one of the protocol's."""
    for item in items:
        try:
            _ITEM.validate_python(item)
        except ValidationError as error:
            yield f"{item['id']} is no item: {error}"


async def of_usability(browser: Browser, server: Server, thread_id: str) -> list[str]:
    """A thread takes a message, and answers it."""
    journal = await browser.tell(server, Journal("echo still here"), thread_id=thread_id)
    if journal.messages == ["still here"]:
        return []
    refused = journal.refusal.text if journal.refusal else journal.events[-1:]
    return [f"{thread_id} is not usable: {refused}"]


async def of_a_whole_turn(journal: Journal, tale: Tale, browser: Browser, server: Server) -> list[str]:
    """Return what a turn lacks that shall have been told to its end."""
    if not journal.accepted:
        return [f"refused: {journal.refusal and journal.refusal.text}"]
    items = await browser.items(server, journal.thread_id)
    stored = [text_of(item) for item in items if item["type"] == "assistant_message"]
    found = list(of_acknowledged(journal, items))
    if journal.errors:
        found.append(f"the reader was told of a failure: {journal.errors}")
    if tuple(journal.messages) != tale.texts:
        found.append(f"the reader has {journal.messages}")
    if tuple(stored) != tale.texts:
        found.append(f"the thread has {stored}")
    return [f"{journal.thread_id} ({journal.question}): {loss}" for loss in found]


def same(item: JSON) -> str:
    """An item in a form to compare: an absent value and a null are one."""
    return json.dumps(_without_nulls(item), sort_keys=True)


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(below) for key, below in value.items() if below is not None}
    return [_without_nulls(below) for below in value] if isinstance(value, list) else value
