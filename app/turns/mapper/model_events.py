"""The model's own events, in the shape of the Responses API: which goes to which part of the mapper.

Models on chat completions arrive in the same shape, made up by the Agents SDK.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.turns.mapper.images import Images
from app.turns.mapper.messages import Messages
from app.turns.mapper.raw import field
from app.turns.mapper.thoughts import Thoughts
from app.turns.mapper.tools import Tools

Handler = Callable[[Any], None]


class ModelEvents:
    """Handlers by type of event. They raise on a malformed event, having done nothing or a part of it."""

    def __init__(self, messages: Messages, thoughts: Thoughts, tools: Tools, images: Images) -> None:
        self._messages = messages
        self._thoughts = thoughts
        self._tools = tools
        self._images = images
        self.handlers: Mapping[str, Handler] = {
            "response.created": self._response_created,
            "response.completed": self._response_completed,
            "response.output_item.added": self._item_added,
            "response.output_item.done": self._item_done,
            "response.output_text.delta": self._text_delta,
            "response.refusal.delta": self._text_delta,
            "response.output_text.done": lambda event: self._full_text(event, event.text),
            "response.refusal.done": lambda event: self._full_text(event, event.refusal),
            "response.output_text.annotation.added": self._annotation_added,
            "response.image_generation_call.partial_image": images.partial,
            "response.content_part.done": self._part_done,
            "response.reasoning_summary_text.delta": lambda event: thoughts.delta(
                _summary(event), event.delta
            ),
            "response.reasoning_summary_text.done": lambda event: thoughts.done(_summary(event), event.text),
            "response.reasoning_summary_part.done": lambda event: thoughts.done(
                _summary(event), event.part.text
            ),
            "response.reasoning_text.delta": lambda event: thoughts.delta(_reasoning(event), event.delta),
            "response.reasoning_text.done": lambda event: thoughts.done(_reasoning(event), event.text),
        }

    def _response_created(self, _event: Any) -> None:
        self._messages.begin_response()
        self._thoughts.begin_response()
        self._tools.begin_response()
        self._images.begin_response()

    def _response_completed(self, event: Any) -> None:
        # A model that does not stream says everything here, and only here.
        says_all = not self._messages.any_in_response
        for place, item in enumerate(event.response.output):
            match field(item, "type"):
                case "message" if says_all:
                    self._messages.end(place, field(item, "content") or ())
                case "image_generation_call":
                    self._images.end(item)
                case _:
                    pass

    def _item_added(self, event: Any) -> None:
        match field(event.item, "type"):
            case "message":
                self._messages.begin(event.output_index)
            case "reasoning":
                self._thoughts.begin()
            case "image_generation_call":
                self._images.begin(event.item)
            case _:
                self._tools.item_added(event.output_index, event.item)

    def _item_done(self, event: Any) -> None:
        match field(event.item, "type"):
            case "message":
                self._messages.end(event.output_index, field(event.item, "content") or ())
            case "reasoning":
                self._reasoning_done(event.output_index, event.item)
            case "image_generation_call":
                self._images.end(event.item)
            case _:
                self._tools.item_done(event.output_index, event.item)

    def _text_delta(self, event: Any) -> None:
        if part := self._messages.part(event.output_index, event.content_index):
            part.text(event.delta)

    def _full_text(self, event: Any, text: object) -> None:
        if part := self._messages.part(event.output_index, event.content_index):
            part.full_text(text)

    def _annotation_added(self, event: Any) -> None:
        if part := self._messages.part(event.output_index, event.content_index):
            part.cite(event.annotation)

    def _part_done(self, event: Any) -> None:
        # The text of reasoning comes in parts too, and is no message.
        if field(event.part, "type") in ("output_text", "refusal") and (
            part := self._messages.part(event.output_index, event.content_index)
        ):
            part.end(event.part)

    def _reasoning_done(self, place: int, item: object) -> None:
        for kind, parts in (("summary", field(item, "summary")), ("text", field(item, "content"))):
            for number, part in enumerate(parts or ()):
                self._thoughts.done((kind, place, number), field(part, "text"))
        self._thoughts.settle()


def _summary(event: Any) -> tuple[str, int, int]:
    return "summary", event.output_index, event.summary_index


def _reasoning(event: Any) -> tuple[str, int, int]:
    return "text", event.output_index, event.content_index
