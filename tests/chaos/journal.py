"""What one reader of a turn was told, and when: the ground on which losses are counted.

Owns the reading of a stream, frame by frame. Whether a turn was told well, `losses.py` judges.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.chaos.fleet import now

JSON = dict[str, Any]
END = ": end"


@dataclass
class Journal:
    """One turn, as its reader saw it."""

    question: str
    thread_id: str = ""
    turn_id: str = ""
    accepted: bool = False
    refusal: httpx2.Response | None = None
    ended: bool = False
    """The stream said that the turn has ended."""
    closed: bool = False
    """The stream ended by closing, not by breaking off."""
    last_id: str = ""
    events: list[JSON] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    """The id of each event, where the stream has any."""
    done: dict[str, JSON] = field(default_factory=dict)
    """Items that were acknowledged, in that order."""
    begun: list[str] = field(default_factory=list)
    """Items that appeared, in that order."""
    shown: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    """For each message, when each piece of its text came."""
    on_event: Callable[["Journal"], None] | None = None

    @property
    def errors(self) -> list[JSON]:
        """The error events."""
        return [event for event in self.events if event["type"] == "error"]

    @property
    def messages(self) -> list[str]:
        """The whole texts of the assistant's messages that are done."""
        return [text_of(item) for item in self.done.values() if item["type"] == "assistant_message"]

    @property
    def told(self) -> str:
        """All text so far."""
        return "".join(piece for pieces in self.shown.values() for _, piece in pieces)

    def open(self, response: httpx2.Response) -> None:
        """Take note of an accepted request."""
        self.accepted = True
        self.thread_id = response.headers.get("chatkit-thread", "") or self.thread_id
        self.turn_id = response.headers.get("chatkit-turn", "").partition(":")[0] or self.turn_id

    async def read(self, response: httpx2.Response) -> None:
        """Read a stream until it ends or breaks off."""
        self.closed = False
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                self._take(json.loads(line.removeprefix("data: ")))
            elif line.startswith("id: "):
                self.last_id = line.removeprefix("id: ")
                self.ids.append(self.last_id)
            elif line == END:
                self.ended = True
        self.closed = True

    def _take(self, event: JSON) -> None:
        self.events.append(event)
        match event["type"]:
            case "thread.created":
                self.thread_id = event["thread"]["id"]
            case "thread.item.added":
                self._begin(event["item"]["id"])
            case "thread.item.done":
                self._begin(event["item"]["id"])
                self.done[event["item"]["id"]] = event["item"]
            case "thread.item.replaced":
                self.done[event["item"]["id"]] = event["item"]
            case "thread.item.removed":
                self.done.pop(event["item_id"], None)
            case "thread.item.updated" if event["update"]["type"].endswith("part.text_delta"):
                self.shown.setdefault(event["item_id"], []).append((now(), event["update"]["delta"]))
        if self.on_event:
            self.on_event(self)

    def _begin(self, item_id: str) -> None:
        if item_id not in self.begun:
            self.begun.append(item_id)


Reading = Callable[[], Awaitable[None]]


def text_of(item: JSON) -> str:
    """The text of a message."""
    return "".join(part.get("text", "") for part in item["content"])
