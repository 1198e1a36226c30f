"""Which part of a transcript fits into a token budget.

A turn is here a question and all that came of it, also where the answer waited for the page and went on.
Turns are kept or left out whole, the newest first, without a gap. Only the newest turn is ever shortened: it
stays even if it alone is over the budget.
"""

import json
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from app.transcripts.pairing import Entry, paired
from app.transcripts.portable import Item, portable
from app.transcripts.shortening import shortened_text
from app.transcripts.tokens import BYTES_PER_TOKEN, estimated_tokens


class Row(NamedTuple):
    """A row of `transcript_items`; `item` is any JSON value, as a row may be damaged."""

    seq: int
    turn_id: str | None
    item: Any
    tokens: int


def trimmed(rows: Sequence[Row], budget: int) -> list[Item]:
    """Return the model input of the newest whole turns among `rows` (oldest first) within `budget` tokens."""
    turns = _turns(rows)
    if not turns:
        return []
    newest = turns.pop()
    room = budget - _size(newest)
    if room < 0:
        return paired(_shortened(_entries(newest), budget))
    kept: list[Row] = []
    while turns and (size := _size(turns[-1])) <= room:
        room -= size
        kept[:0] = turns.pop()
    return paired(_entries([*kept, *newest]))


def _turns(rows: Sequence[Row]) -> list[list[Row]]:
    turns: list[list[Row]] = []
    for row in rows:
        if not turns or _begins_turn(turns[-1], row):
            turns.append([])
        turns[-1].append(row)
    return turns


def _begins_turn(current: Sequence[Row], row: Row) -> bool:
    if row.turn_id is not None or current[-1].turn_id is not None:
        # A turn without a question of its own goes on with the one before: with the output of its call.
        return row.turn_id != current[-1].turn_id and is_question(row)
    # Rows without a turn (imported, or written by a plain Agents SDK session) begin one with each question.
    return is_question(row) and not is_question(current[-1])


def is_question(row: Row) -> bool:
    """Say whether a row is something that the user said."""
    return isinstance(row.item, dict) and row.item.get("role") == "user"


def _size(rows: Sequence[Row]) -> int:
    return sum(row.tokens for row in rows)


def _entries(rows: Sequence[Row]) -> list[Entry]:
    return [Entry(row.seq, item) for row in rows for item in portable(row.item)]


def _shortened(entries: Sequence[Entry], budget: int) -> list[Entry]:
    """Keep the question and the newest items of one turn, and of a long text its two ends."""
    share = max(budget // 4, 1)
    cut = [entry._replace(item=_shortened_item(entry.item, share)) for entry in entries]
    question = list(takewhile(lambda entry: entry.item.get("role") == "user", cut))[-2:]
    room = budget - estimated_tokens(entry.item for entry in question)
    newest: list[Entry] = []
    for entry in reversed(cut[len(question) :]):
        room -= estimated_tokens([entry.item])
        if room < 0:
            break
        newest.append(entry)
    return [*question, *reversed(newest)]


def _shortened_item(item: Item, tokens: int) -> Item:
    size = tokens * BYTES_PER_TOKEN
    match item:
        case {"arguments": str(arguments)} if len(arguments) > size:
            return {**item, "arguments": json.dumps({"shortened": shortened_text(arguments, size)})}
        case {"output": str(output)}:
            return {**item, "output": shortened_text(output, size)}
        case {"content": str(content)}:
            return {**item, "content": shortened_text(content, size)}
        case {"content": list(parts)}:
            return {**item, "content": [_shortened_part(part, size) for part in parts]}
        case _:
            return item


def _shortened_part(part: Any, size: int) -> Any:
    return {**part, "text": shortened_text(part["text"], size)} if part.get("type") == "input_text" else part
