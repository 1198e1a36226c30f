"""What a run stops for: a tool of the page that is to be run, or questions to the user. One at a time.

The first that is asked for counts. Knows in which call of the model each was asked for, so that a parallel
call of another tool is never taken for it, and what the model is told instead of what that call returned.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from chatkit.agents import ClientToolCall

logger = logging.getLogger(__name__)

ONE_AT_A_TIME = (
    "Not done: the page is asked for one thing at a time, and another call was first. "
    "Call again when that one is answered."
)


@dataclass(frozen=True, slots=True)
class ModelCall:
    """A function call of the model, which is being carried out."""

    call_id: str
    tool_name: str


@dataclass(slots=True)
class Pause:
    """Made once per run. `on_begin` is called when the run is to stop after what it is doing."""

    on_begin: Callable[[], None] = lambda: None
    client_tool: ClientToolCall | None = None
    """What the page is to run, if it is that."""
    call_id: str = ""
    """The model's own id of the call in which it was asked for."""
    question_id: str = ""
    """The item with the questions to the user, if it is that."""
    outputs: dict[str, str | None] = field(default_factory=dict)
    """By call id, what the model is told instead of what the tool returned; None for what comes later."""
    calls: list[ModelCall] = field(default_factory=list)
    """The calls that were begun."""

    def call_client_tool(self, request: ClientToolCall, call: ModelCall | None) -> None:
        """Have the page run a tool, on behalf of a call; one that is not the first is told so."""
        call = call or self._call_named(request.name)
        if call is None:
            logger.warning("a client tool was called outside of a function tool; it is ignored")
        elif self.is_taken and call.call_id != self.call_id:
            self.outputs[call.call_id] = ONE_AT_A_TIME
        elif not self.question_id:
            self.client_tool, self.call_id = request, call.call_id
            self.outputs[call.call_id] = None
            self.on_begin()

    def ask(self, item_id: str, call: ModelCall | None) -> bool:
        """Have the user answer questions; say whether they may be shown."""
        if self.is_taken and self.question_id != item_id:
            if call is not None and call.call_id != self.call_id:
                self.outputs[call.call_id] = ONE_AT_A_TIME
            return False
        self.question_id = item_id
        self.on_begin()
        return True

    @property
    def is_taken(self) -> bool:
        """Whether the run has asked for something."""
        return bool(self.client_tool or self.question_id)

    def _call_named(self, name: str) -> ModelCall | None:
        """Return the newest call that may have asked: for where the context is not the one of a call."""
        named = [call for call in self.calls if call.tool_name == name] or self.calls
        return named[-1] if named else None
