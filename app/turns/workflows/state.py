"""The variables of a workflow in a thread: what they begin with, and what is left of them.

What the thread has is laid over the defaults in the file; what a session was made with is laid over both,
once for each session. Values are replaced whole, never merged.

A session lasts ten minutes, and the next one of the same user mostly brings the same values: those are not
laid over again, as that would undo what the workflow has set since. So a thread keeps what its newest session
brought.
"""

import copy
import hashlib
import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from app.context import SessionTerms
from app.threads.state import ThreadState

logger = logging.getLogger(__name__)

MAX_SESSIONS = 50
"""How many sessions a thread remembers to have been used with; behind the newest, the last, are digests."""

MAX_BYTES = 1_000_000
"""What all variables of a workflow in a thread may take together, as JSON."""

MAX_DEPTH = 50


@dataclass
class Variables:
    """Made once per run of a workflow. `begins_with` is what lies over the defaults, and is never changed."""

    begins_with: Mapping[str, Any]
    sessions: Sequence[str] = ()
    _handed_out: dict[str, Any] | None = None

    @classmethod
    def of(cls, saved: ThreadState | None, session: SessionTerms | None) -> "Variables":
        """Return what a run begins with in a thread, under a session."""
        saved = saved or ThreadState()
        ids = [entry.partition(" ")[0] for entry in saved.sessions]
        if session is None or session.id in ids:
            return cls(saved.values, saved.sessions)
        before = _brought(saved.sessions)
        now = {name: _digest(value) for name, value in session.state_variables.items()}
        new = {name: session.state_variables[name] for name in now if now[name] != before.get(name)}
        sessions = [*ids, f"{session.id} {json.dumps(now)}"][-MAX_SESSIONS:]
        return cls({**saved.values, **new}, sessions)

    def begin(self, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """Return the dict that the export goes on with."""
        self._handed_out = {**defaults, **copy.deepcopy(dict(self.begins_with))}
        return self._handed_out

    def left(self, *, at_end: bool = True) -> ThreadState | None:
        """Return what is to be saved: the dict as the export has left it, without what is not JSON.

        None where it has none, or has not come to it. Says `at_end` of the turn what is left out.
        """
        if self._handed_out is None:
            return None
        kept: dict[str, Any] = {}
        room = MAX_BYTES
        for key, value in list(self._handed_out.items()):
            size = _size(key, value)
            if size is not None and size <= room:
                room -= size
                kept[key] = value
            elif at_end:
                what = "not JSON" if size is None else "too large"
                logger.warning(
                    "a state variable was not saved: it is %s", what, extra={"key": str(key)[:100]}
                )
        return ThreadState(kept, tuple(self.sessions))


def _brought(sessions: Sequence[str]) -> Mapping[str, str]:
    """Return the digests of what the newest session has brought; nothing where that was not kept."""
    kept = sessions[-1].partition(" ")[2] if sessions else ""
    found = json.loads(kept) if kept else {}
    return found if isinstance(found, dict) else {}


def _digest(value: object) -> str:
    return hashlib.sha256(to_json(value)).hexdigest()[:16]


def _size(key: object, value: object) -> int | None:
    """Return how many bytes a variable takes; None for one that is not JSON."""
    return len(to_json({key: value})) if isinstance(key, str) and _is_json(value, MAX_DEPTH) else None


def _is_json(value: object, depth: int) -> bool:
    """Say whether a value is what JSON gives back: nothing is made text, nor a list of a tuple."""
    match value:
        case None | bool() | str():
            return True
        case int():
            return abs(value) < 2**63
        case float():
            return math.isfinite(value)
        case _ if depth == 0:
            return False
        case list():
            return all(_is_json(part, depth - 1) for part in value)
        case dict():
            return all(isinstance(key, str) and _is_json(part, depth - 1) for key, part in value.items())
        case _:
            return False
