"""What was asked for and what became of it, one JSON object a line, beside the archive that it is about.

A line is written before a thread is deleted and after: a run that was killed in between is gone on with, and
a thread that has gone by then was deleted.
"""

import os
from pathlib import Path
from typing import Literal

from app.agent_builder.export.clock import Clock, timestamp
from app.agent_builder.export.journal import RecordLog

NAME = "deletions.jsonl"

Step = Literal["asked", "deleted"]


class Journal:
    """Made once a run."""

    def __init__(self, archive: Path, clock: Clock) -> None:
        self.path = archive / NAME
        self._clock = clock
        if not self.path.exists():
            self.path.touch(0o600)
        self._log = RecordLog(self.path)
        self._steps = {str(record["thread_id"]): record["state"] for _, record in self._log.records()}

    def is_deleted(self, thread_id: str) -> bool:
        """Whether a thread was deleted."""
        return self._steps.get(thread_id) == "deleted"

    def was_asked(self, thread_id: str) -> bool:
        """Whether its deletion was asked for, and nobody knows what became of it."""
        return self._steps.get(thread_id) == "asked"

    def write(self, thread_id: str, state: Step, request_id: str | None = None) -> None:
        """Write a step down, on the disk when this returns."""
        at = timestamp(self._clock.now())
        self._log.append({"thread_id": thread_id, "state": state, "at": at, "request_id": request_id})
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        self._steps[thread_id] = state
