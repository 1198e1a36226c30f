"""How long a run may say nothing: a model that has gone silent is given up, a tool is given more time.

Owns who is being waited for. Must not stop anything itself.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from agents import RunItemStreamEvent, StreamEvent

from app.turns.failures import ModelSilent, ToolSilent
from app.turns.mapper.raw import field

_OWN_TOOLS = frozenset(
    (
        "function_call",
        "custom_tool_call",
        "shell_call",
        "local_shell_call",
        "apply_patch_call",
        "computer_call",
    )
)
"""Calls that this process answers; a provider answers its own tools' calls itself."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Seconds without any event."""

    model_seconds: float
    tool_seconds: float


class SilenceWatch:
    """Knows of one run whether its model is being waited for, or its tools, and since when.

    Used as a context manager around the run. One timer for all of it: most runs never let it go off.
    """

    def __init__(self, silence: Silence, give_up: Callable[[Exception], None]) -> None:
        """`give_up` is called at the most once, with what to raise."""
        self._silence = silence
        self._give_up = give_up
        self._open_calls: set[str] = set()
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        self.heard()
        self._look()
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def heard(self) -> None:
        """Take notice of a sign of life."""
        self._heard = self._loop.time()

    def observe(self, event: StreamEvent) -> None:
        """Take notice of one event of the run, which is a sign of life too."""
        self.heard()
        if isinstance(event, RunItemStreamEvent):
            raw = event.item.raw_item
            call_id = str(field(raw, "call_id"))
            if event.name == "tool_called" and field(raw, "type") in _OWN_TOOLS:
                self._open_calls.add(call_id)
            elif event.name == "tool_output":
                self._open_calls.discard(call_id)
        elif self._open_calls and event.type == "raw_response_event":
            # The model speaks again: whatever it called has been answered.
            self._open_calls.clear()

    def _look(self) -> None:
        limit = self._silence.tool_seconds if self._open_calls else self._silence.model_seconds
        left = self._heard + limit - self._loop.time()
        if left <= 0:
            self._give_up(ToolSilent() if self._open_calls else ModelSilent())
        else:
            self._timer = self._loop.call_later(min(left, self._silence.model_seconds), self._look)
