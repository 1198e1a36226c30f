"""Frames and controls: what both APIs turn a reply into."""

import json
from collections.abc import Sequence

from tests.provider.script import JSON, Control, NextPart, Piece

Frame = bytes | Control

USAGE = (11, 7)
"""Tokens that every reply claims to have read and written."""


class NotScriptable(Exception):
    """This API has no way to say what the script says."""


def sse(data: JSON, event: str | None = None) -> bytes:
    """Return one Server-Sent Event."""
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()


def parts(pieces: Sequence[Piece]) -> list[list[str | Control]]:
    """Return the pieces, part by part."""
    found: list[list[str | Control]] = [[]]
    for piece in pieces:
        if isinstance(piece, NextPart):
            found.append([])
        else:
            found[-1].append(piece)
    return found


def text_of(part: Sequence[str | Control]) -> str:
    """Return what is said in a part."""
    return "".join(piece for piece in part if isinstance(piece, str))
