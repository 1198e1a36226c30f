"""The assistant's messages of one model response at a time.

Ids are ours, because models that are not on the Responses API call every item `__fake_id__`. A message is
known by its place in its response instead, which is the same in all of its events and starts anew with each
response.
"""

from collections.abc import Callable, Iterable

from app.assistant.agent_context import Source
from app.turns.mapper.citations import CitedFiles
from app.turns.mapper.message import Message, Part
from app.turns.mapper.output import Output
from app.turns.mapper.wording import Wording


class Messages:
    """Takes a model's message events in any order; `place` is the model's `output_index`."""

    def __init__(
        self, output: Output, wording: Wording, make_way: Callable[[], None], cited: list[Source]
    ) -> None:
        self._output = output
        self._wording = wording
        self._make_way = make_way
        self._cited = cited
        self.cited_files: list[CitedFiles] = []
        """Messages that have ended and cite files of a container."""
        self._open: dict[int, Message] = {}
        self._ended: set[int] = set()

    @property
    def any_in_response(self) -> bool:
        """Say whether anything of a message was seen since the response began."""
        return bool(self._open or self._ended)

    def begin_response(self) -> None:
        """End what is open and forget the places of the response before."""
        self.end_all()
        self._ended.clear()

    def begin(self, place: int) -> None:
        """A message begins; one that was never ended in the same place ends here."""
        if place in self._open:
            self.end(place)
        self._ended.discard(place)
        self._open[place] = self._new_message()

    def part(self, place: int, number: int) -> Part | None:
        """Return a part of a message, begun here if it was not before; None if the message has ended."""
        message = self._open.get(place)
        if message is None:
            if place in self._ended:
                return None
            message = self._open[place] = self._new_message()
        return message.part(number)

    def end(self, place: int, raw_parts: Iterable[object] = ()) -> None:
        """A message ends. One that was never seen before is shown at once; a second end changes nothing."""
        message = self._open.pop(place, None)
        if message is None:
            if place in self._ended:
                return
            message = self._new_message()
        self._ended.add(place)
        message.end(raw_parts)

    def _new_message(self) -> Message:
        return Message(self._output, self._wording, self._make_way, self._cited, self._files_cited)

    def _files_cited(self, cited: CitedFiles) -> None:
        self.cited_files.append(cited)

    def end_all(self) -> None:
        """End every open message with what there is."""
        for place in list(self._open):
            self.end(place)
