"""Calls and outputs in the order and number that every API asks for.

A history is refused when a call has no output, an output no call, something stands between a group of calls
and its outputs, or one call id stands for two calls. Rows can show all four: a turn was cut, a row was lost,
a provider counts its calls from 0 in each answer.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from app.transcripts.portable import Item, function_output

NO_OUTPUT = "This call was interrupted. Whether it had an effect is unknown."


class Entry(NamedTuple):
    """A portable item and the place (`seq`) of the row it came from."""

    seq: int
    item: Item


def paired(entries: Sequence[Entry]) -> list[Item]:
    """Return the items with each group of calls followed by one output for each; nothing else is reordered.

    Calls are renamed after their row: unique in the thread, the same at every load, within every API's
    limits, and never equal to an id that a model makes up in the coming run (the Agents SDK takes two calls
    with the same id for one).
    """
    outputs = _outputs_of_calls(entries)
    items: list[Item] = []
    for are_calls, group in groupby(
        enumerate(entries), key=lambda numbered: _is(numbered[1], "function_call")
    ):
        if are_calls:
            items.extend(_answered(list(group), outputs))
        else:
            items.extend(entry.item for _, entry in group if not _is(entry, "function_call_output"))
    return items


def _is(entry: Entry, kind: str) -> bool:
    return entry.item.get("type") == kind


def _answered(calls: Iterable[tuple[int, Entry]], outputs: dict[int, Item]) -> list[Item]:
    renamed = [(f"call_{entry.seq}", index, entry.item) for index, entry in calls]
    return [
        *({**call, "call_id": call_id} for call_id, _, call in renamed),
        *(
            {**outputs.get(index, function_output("", NO_OUTPUT)), "call_id": call_id}
            for call_id, index, _ in renamed
        ),
    ]


def _outputs_of_calls(entries: Sequence[Entry]) -> dict[int, Item]:
    """Map the index of each call to the output that answers it: the latest unanswered call with its id."""
    waiting: dict[str, list[int]] = {}
    outputs: dict[int, Item] = {}
    for index, entry in enumerate(entries):
        call_id = entry.item.get("call_id", "")
        if _is(entry, "function_call"):
            waiting.setdefault(call_id, []).append(index)
        elif _is(entry, "function_call_output") and waiting.get(call_id):
            outputs[waiting[call_id].pop()] = entry.item
    return outputs
