"""One message: added → part added → text deltas, annotations → part done → item done.

It is announced with its first visible text, so a message that stays blank leaves nothing behind, and the
parts that are shown are numbered without gaps, whatever the model's numbers are. A citation waits for the
text that it belongs to; one that points behind the end belongs to the end.
"""

from collections.abc import Callable, Iterable

from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
)

from app.assistant.agent_context import Source
from app.turns.mapper.carriable import carriable
from app.turns.mapper.citations import CitedFiles, ContainerFile, citation, container_file
from app.turns.mapper.output import Output
from app.turns.mapper.raw import field
from app.turns.mapper.text import clean
from app.turns.mapper.wording import Wording


class Message:
    """A message of the model.

    `make_way` is called before it is announced, `on_files` when it has ended and cites files of a container.
    Sources in `cited` are taken from there by the first part that ends with a text.
    """

    def __init__(
        self,
        output: Output,
        wording: Wording,
        make_way: Callable[[], None],
        cited: list[Source],
        on_files: Callable[[CitedFiles], None],
    ) -> None:
        self._output = output
        self._wording = wording
        self._make_way = make_way
        self._cited = cited
        self._on_files = on_files
        self._item: AssistantMessageItem | None = None
        self._parts: dict[int, Part] = {}
        self._shown: list[Part] = []

    def part(self, number: int) -> "Part":
        """Return the part that the model counts as `number`."""
        part = self._parts.get(number)
        if part is None:
            part = self._parts[number] = Part(self)
        return part

    def end(self, raw_parts: Iterable[object] = ()) -> None:
        """Close it, with its parts as the model says they are, or as far as they came."""
        for number, raw in enumerate(raw_parts):
            self.part(number).end(raw)
        for part in self._parts.values():
            part.end()
        if self._item is not None:
            content = [part.content() for part in self._shown]
            item = self._item.model_copy(update={"content": content})
            self._output.done(item)
            files = {
                (number, place): file
                for number, part in enumerate(self._shown)
                for place, file in part.files.items()
            }
            if files:
                self._on_files(CitedFiles(item, files))

    def citation(self, raw: object) -> Annotation | None:
        """Return what a reader is shown of an annotation."""
        return citation(raw, self._wording)

    def cited_by_tools(self) -> list[Annotation]:
        """Take the sources that tools have named meanwhile. They belong to no place in the text."""
        annotations = [Annotation(source=source) for source in self._cited]
        self._cited.clear()
        return [carriable(annotation) for annotation in annotations]

    def show(self, part: "Part") -> "ShownPart":
        """Announce a part, and the message before its first."""
        if self._item is None:
            self._make_way()
            self._item = AssistantMessageItem(
                id=self._output.new_item_id("message"),
                thread_id=self._output.thread_id,
                created_at=self._output.now(),
                content=[],
            )
            self._output.added(self._item)
        self._shown.append(part)
        return ShownPart(self._output, self._item.id, len(self._shown) - 1)


class Part:
    """One content part: its text and citations, and how far they were sent."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._shown: ShownPart | None = None
        self._chunks: list[str] = []
        self._full_text = ""
        self._annotations: list[Annotation] = []
        self._cited = 0
        self._length = 0
        self._ended = False
        self.files: dict[int, ContainerFile] = {}
        """Files of a container that it cites, by the place among the annotations."""

    def text(self, delta: str) -> None:
        """More text. Blanks at the beginning wait for the text that follows them."""
        if self._ended:
            return
        delta = clean(delta)
        if not delta:
            return
        self._chunks.append(delta)
        self._length += len(delta)
        if self._shown is not None:
            self._shown.text(delta)
            self._send_annotations()
        elif not delta.isspace():
            self._show()

    def full_text(self, text: object) -> None:
        """The whole text, as the model says it at the end; counts for more than what the deltas add up to."""
        if isinstance(text, str) and text.strip():
            self._full_text = clean(text)

    def cite(self, raw: object) -> None:
        """One more annotation of the model."""
        self._cited += 1
        annotation = self._message.citation(raw)
        if annotation is None:
            return
        if (file := container_file(raw)) is not None:
            self.files[len(self._annotations)] = file
        self._annotations.append(self._within(annotation))
        self._send_annotations()

    def end(self, raw: object = None) -> None:
        """Close it. `raw` is the part as the model says it is, citations included that were not streamed."""
        annotations = field(raw, "annotations")
        if isinstance(annotations, list):
            for annotation in annotations[self._cited :]:
                self.cite(annotation)
        if self._ended:
            return
        self.full_text(field(raw, "text") or field(raw, "refusal"))
        self._ended = True
        text = self.content().text
        self._length = len(text)
        sent = self._shown.announced if self._shown is not None else 0
        self._annotations[sent:] = [self._within(annotation) for annotation in self._annotations[sent:]]
        if self._shown is None and text.strip():
            self._show()
        if self._shown is not None:
            self._annotations += self._message.cited_by_tools()
            self._send_annotations()
            self._shown.done(self.content())

    def content(self) -> AssistantMessageContent:
        """The part as it stands."""
        return AssistantMessageContent(
            text=self._full_text or "".join(self._chunks), annotations=list(self._annotations)
        )

    def _show(self) -> None:
        self._shown = self._message.show(self)
        self._shown.added(self.content().text)
        self._send_annotations()

    def _send_annotations(self) -> None:
        """Send those whose text is there, in their order."""
        shown = self._shown
        while shown is not None and shown.announced < len(self._annotations):
            annotation = self._annotations[shown.announced]
            if annotation.index is not None and annotation.index > self._length:
                return
            shown.annotation(annotation)

    def _within(self, annotation: Annotation) -> Annotation:
        """Return an annotation whose place is in the text, once the text has come to its end."""
        if not self._ended or annotation.index is None or annotation.index <= self._length:
            return annotation
        return annotation.model_copy(update={"index": self._length})


class ShownPart:
    """The events of a part that was given its number on the wire."""

    def __init__(self, output: Output, item_id: str, index: int) -> None:
        self._output = output
        self._item_id = item_id
        self._index = index
        self.announced = 0
        """How many annotations were sent."""

    def added(self, text: str) -> None:
        """Announce it empty, then send what there is."""
        empty = AssistantMessageContent(text="", annotations=[])
        self._output.updated(
            self._item_id, AssistantMessageContentPartAdded(content_index=self._index, content=empty)
        )
        self.text(text)

    def text(self, delta: str) -> None:
        """Send more text."""
        self._output.updated(
            self._item_id, AssistantMessageContentPartTextDelta(content_index=self._index, delta=delta)
        )

    def annotation(self, annotation: Annotation) -> None:
        """Send one more annotation."""
        self._output.updated(
            self._item_id,
            AssistantMessageContentPartAnnotationAdded(
                content_index=self._index, annotation_index=self.announced, annotation=annotation
            ),
        )
        self.announced += 1

    def done(self, content: AssistantMessageContent) -> None:
        """Send the end of the part."""
        self._output.updated(
            self._item_id, AssistantMessageContentPartDone(content_index=self._index, content=content)
        )
