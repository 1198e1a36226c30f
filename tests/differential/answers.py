"""An answer as it came over the wire, and the same with its ids and times named instead of told."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

JSON = Any

UTC_TIME = "<time>"
LOCAL_TIME = "<time without a zone>"
"""What a time becomes; a browser would read the latter as its own."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?P<zone>Z)?")


@dataclass(frozen=True)
class Answer:
    """What one server said to one request. A stream has frames, any other answer a body."""

    status: int
    content_type: str
    body: JSON = None
    frames: tuple[JSON, ...] = ()
    is_cut: bool = False
    """The response broke off."""

    @property
    def thread_id(self) -> str:
        """The thread that the stream created."""
        return str(next(frame for frame in self.frames if frame["type"] == "thread.created")["thread"]["id"])

    def item_id(self, kind: str) -> str:
        """The id of the one item of this type that was reported as done."""
        done = [frame["item"] for frame in self.frames if frame["type"] == "thread.item.done"]
        return str(next(item["id"] for item in done if item["type"] == kind))

    def lines(self) -> list[str]:
        """The answer as lines that can be compared."""
        head = [f"{self.status} {self.content_type}"]
        body = [] if self.body is None else [_line(self.body)]
        return head + body + [_line(frame) for frame in self.frames] + ["(broken off)"] * self.is_cut


@dataclass
class Names:
    """Names for the ids of one server, given in the order in which they are first heard."""

    _by_id: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def anonymous(self, answer: Answer) -> Answer:
        """Return an answer in which every id of a thread or item, and every time, is replaced by its name."""
        self._learn([answer.body, *answer.frames])
        return Answer(
            answer.status,
            answer.content_type,
            self._replaced(answer.body),
            tuple(self._replaced(frame) for frame in answer.frames),
            answer.is_cut,
        )

    def _learn(self, value: JSON) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("id"), str) and "created_at" in value:
                self._name(value["id"], value.get("type", "thread"))
            for part in value.values():
                self._learn(part)
        elif isinstance(value, list):
            for part in value:
                self._learn(part)

    def _name(self, known_id: str, kind: str) -> None:
        if known_id not in self._by_id:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._by_id[known_id] = f"<{kind} {self._counts[kind]}>"

    def _replaced(self, value: JSON) -> JSON:
        match value:
            case str() if value in self._by_id:
                return self._by_id[value]
            case str() if found := _TIME.fullmatch(value):
                return UTC_TIME if found["zone"] else LOCAL_TIME
            case dict():
                return {name: self._replaced(part) for name, part in value.items()}
            case list():
                return [self._replaced(part) for part in value]
            case _:
                return value


def _line(value: JSON) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
