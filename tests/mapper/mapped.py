"""A mapper at work: events go in, and every frame that comes out is validated and shown on a page."""

import itertools
import json
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from agents import StreamEvent
from chatkit.types import ThreadMetadata, ThreadStreamEvent
from pydantic import TypeAdapter

from app.turns.mapper import EventMapper
from tests.mapper.events import Api, model_events
from tests.mapper.page import JSON, Page
from tests.provider.script import Step

BEGINNING = datetime(2026, 11, 22, 12, tzinfo=UTC)

HIDDEN = ("hidden_context_item", "sdk_hidden_context")

_FRAME: TypeAdapter[Any] = TypeAdapter(ThreadStreamEvent)


class Mapped:
    """One run. `frames` is all that came out, as it goes over the wire; `error` is what the run raised."""

    def __init__(self, **options: Any) -> None:
        self.now = BEGINNING
        self.page = Page()
        self.frames: list[JSON] = []
        self.error: Exception | None = None
        self._numbers = itertools.count(1)
        self._responses = itertools.count(1)
        self._handed_out: list[tuple[ThreadStreamEvent, JSON]] = []
        self.mapper = EventMapper(
            ThreadMetadata(id="thr_1", created_at=BEGINNING),
            new_item_id=lambda kind: f"{kind}_{next(self._numbers)}",
            now=lambda: self.now,
            **options,
        )

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def model(self, *steps: Step, api: Api = "responses") -> None:
        """The model says something: one response."""
        self.sdk(*model_events(*steps, api=api, number=next(self._responses)))

    def sdk(self, *events: StreamEvent) -> None:
        """The Agents SDK streams these."""
        for event in events:
            self.take(self.mapper.map(event))

    def tool(self, *events: ThreadStreamEvent) -> None:
        """A tool streams these."""
        for event in events:
            self.take(self.mapper.emitted(event))

    def finish(self) -> Page:
        """The run ends."""
        return self._ended(self.mapper.finish())

    def interrupt(self) -> Page:
        """The run is cut."""
        return self._ended(self.mapper.interrupt())

    def take(self, events: Iterable[ThreadStreamEvent]) -> None:
        """Check the frames and show them."""
        for event in events:
            frame = wire(event)
            _validate(frame)
            if frame.get("item", {}).get("type") in HIDDEN:
                # For the store alone: whoever publishes does not show it.
                assert frame["type"] in ("thread.item.done", "thread.item.replaced")
                continue
            self.frames.append(frame)
            self._handed_out.append((event, frame))
            self.page.show(frame)

    def stored(self) -> dict[str, JSON]:
        """What a store holds that was written as the frames say: done, replaced, removed."""
        items: dict[str, JSON] = {}
        for frame in self.frames:
            if frame["type"] in ("thread.item.done", "thread.item.replaced"):
                items[frame["item"]["id"]] = frame["item"]
            elif frame["type"] == "thread.item.removed":
                items.pop(frame["item_id"], None)
        return items

    def kinds(self) -> list[str]:
        """The types of all frames; of updates, the type of the update."""
        return [frame.get("update", frame)["type"] for frame in self.frames]

    def _ended(self, events: Iterable[ThreadStreamEvent]) -> Page:
        self.take(events)
        assert self.page.open == set(), "every item that was added is ended"
        for event, frame in self._handed_out:
            assert wire(event) == frame, "what was handed out does not change"
        return self.page


def _validate(frame: JSON) -> None:
    with warnings.catch_warnings():
        # The SDK's strict widget classes warn of themselves when a frame is read.
        warnings.simplefilter("ignore", DeprecationWarning)
        _FRAME.validate_python(frame)


def wire(event: ThreadStreamEvent) -> JSON:
    """Return an event as it goes over the wire."""
    frame: JSON = json.loads(event.model_dump_json(by_alias=True, exclude_none=True))
    return frame
