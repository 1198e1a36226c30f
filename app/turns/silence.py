"""How long a run may say nothing: a model that has gone silent is given up, a tool is given more time.

Owns who is being waited for. Must not stop anything itself.
"""

from dataclasses import dataclass, field

from agents import RunItemStreamEvent, StreamEvent

from app.turns.failures import ModelSilent, ToolSilent
from app.turns.mapper.raw import field as field_of

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


@dataclass(slots=True)
class SilenceWatch:
    """Knows of one run whether its model is being waited for, or its tools."""

    silence: Silence
    _open_calls: set[str] = field(default_factory=set)

    def observe(self, event: StreamEvent) -> None:
        """Take notice of one event of the run."""
        if isinstance(event, RunItemStreamEvent):
            raw = event.item.raw_item
            call_id = str(field_of(raw, "call_id"))
            if event.name == "tool_called" and field_of(raw, "type") in _OWN_TOOLS:
                self._open_calls.add(call_id)
            elif event.name == "tool_output":
                self._open_calls.discard(call_id)
        elif event.type == "raw_response_event" and field_of(event.data, "type") == "response.created":
            self._open_calls.clear()

    @property
    def seconds(self) -> float:
        """How long to wait for the next event."""
        return self.silence.tool_seconds if self._open_calls else self.silence.model_seconds

    def error(self) -> Exception:
        """Return what to raise when it does not come."""
        return ToolSilent() if self._open_calls else ModelSilent()
