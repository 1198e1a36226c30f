"""The entrance: where an event goes, and how a run ends."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from agents import RunItemStreamEvent, StreamEvent
from chatkit.store import StoreItemType
from chatkit.types import ThreadMetadata, ThreadStreamEvent

from app.assistant.activity import Activities
from app.assistant.agent_context import Source
from app.turns.mapper.carriable import carriable
from app.turns.mapper.citations import CitedFiles
from app.turns.mapper.images import Images
from app.turns.mapper.messages import Messages
from app.turns.mapper.model_events import Handler, ModelEvents
from app.turns.mapper.output import Output
from app.turns.mapper.raw import field
from app.turns.mapper.thoughts import Thoughts
from app.turns.mapper.tool_events import ToolEvents
from app.turns.mapper.tools import Tools
from app.turns.mapper.wording import ENGLISH, Wording
from app.turns.mapper.workflow import Workflows

logger = logging.getLogger(__name__)

NO_ACTIVITIES: Activities = MappingProxyType({})

# The OpenAI client builds events without validating them, so any field may be missing or of another type.
MALFORMED = (AttributeError, LookupError, TypeError, ValueError)


class EventMapper:
    """Maps one run. Used from one task, and of no use after `finish` or `interrupt`.

    `now` gives aware UTC times, `new_item_id` ids that are unique in the thread. `activities` says how
    calls of tools are shown, by the tool's name; None keeps them out of the workflow.
    `cited` is where tools put sources that the next message shall name; they are taken from there.
    Nothing raises, whatever a model or a tool sends: an event of an unknown type is ignored, a malformed one
    is logged and ignored, and what is answered can be sent and stored.
    """

    def __init__(
        self,
        thread: ThreadMetadata,
        *,
        new_item_id: Callable[[StoreItemType], str],
        now: Callable[[], datetime],
        activities: Activities = NO_ACTIVITIES,
        wording: Wording = ENGLISH,
        cited: list[Source] | None = None,
    ) -> None:
        self._output = Output(thread.id, new_item_id, now)
        self._workflows = Workflows(self._output)
        self._thoughts = Thoughts(self._output, self._workflows)
        self._messages = Messages(self._output, wording, self._make_way, [] if cited is None else cited)
        self._tools = Tools(self._workflows, wording, activities)
        self._tool_events = ToolEvents(self._output, self._workflows, self._make_way)
        self._images = Images(self._output, self._workflows, wording, self._make_way)
        self._of_model = ModelEvents(self._messages, self._thoughts, self._tools, self._images).handlers
        self._of_run: Mapping[str, Handler] = {
            "tool_called": lambda item: self._tools.called(item.raw_item, item.title),
            "tool_output": lambda item: self._tools.returned(item.raw_item),
            "mcp_approval_requested": lambda item: self._tools.asked(item.raw_item),
            "mcp_approval_response": lambda item: self._tools.decided(item.raw_item),
            "handoff_occured": self._handed_over,
        }
        self._ended = False

    def map(self, event: StreamEvent) -> Iterable[ThreadStreamEvent]:
        """Return what the page sees of an event of the Agents SDK."""
        if event.type == "raw_response_event":
            return self._handle(self._of_model.get(str(field(event.data, "type"))), event.data)
        if isinstance(event, RunItemStreamEvent):
            return self._handle(self._of_run.get(event.name), event.item)
        return ()

    def emitted(self, event: ThreadStreamEvent) -> Iterable[ThreadStreamEvent]:
        """Return what the page sees of an event that a tool streamed; the tool may not change it afterwards.

        A hidden item passes only as done or replaced, for the store: whoever publishes it must not show it.
        """
        return self._handle(lambda given: self._tool_events.take(carriable(given)), event)

    def cited_files(self) -> list[CitedFiles]:
        """Return the messages that have ended since the last time and cite files of a container."""
        cited, self._messages.cited_files = self._messages.cited_files, []
        return cited

    def finish(self) -> Iterable[ThreadStreamEvent]:
        """The run is over: end every item that is open with what there is."""
        if not self._ended:
            self._ended = True
            self._messages.end_all()
            self._images.end_all()
            self._make_way()
            self._tool_events.end_all()
        return self._output.take()

    def interrupt(self) -> Iterable[ThreadStreamEvent]:
        """The run was cut (stop, failure): as `finish`, but nothing is called complete that is not."""
        if not self._ended:
            self._thoughts.settle()
            self._workflows.close(unfinished="none")
        return self.finish()

    def _handle(self, handler: Handler | None, subject: Any) -> Iterable[ThreadStreamEvent]:
        if handler is None or self._ended:
            return ()
        try:
            handler(subject)
        except MALFORMED:
            logger.warning("malformed event ignored", extra={"event": field(subject, "type")}, exc_info=True)
        return self._output.take()

    def _make_way(self) -> None:
        """Something visible begins, or the run is over: what led to it is closed."""
        self._thoughts.settle()
        self._workflows.close()

    def _handed_over(self, item: Any) -> None:
        self._tools.handed_over(item.raw_item, item.target_agent.name)
