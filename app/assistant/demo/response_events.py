"""A reply as the events of the Responses API, one after the other, as a provider would send them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from agents.items import TResponseOutputItem, TResponseStreamEvent
from openai.types import responses as api
from openai.types.responses.response_function_web_search import ActionSearch, ActionSearchSource
from openai.types.responses.response_output_item import ImageGenerationCall
from openai.types.responses.response_output_text import Annotation
from openai.types.responses.response_reasoning_item import Summary
from openai.types.responses.response_reasoning_summary_part_added_event import Part as AddedPart
from openai.types.responses.response_reasoning_summary_part_done_event import Part as DonePart
from pydantic import TypeAdapter

from app.ids import new_id

Events = Iterator[TResponseStreamEvent]


_ANNOTATION: TypeAdapter[Any] = TypeAdapter(Annotation)


class ResponseEvents:
    """One response, built up item by item. Ask for `begin`, then for items, then for `end`."""

    def __init__(self, model_name: str) -> None:
        self.output: list[TResponseOutputItem] = []
        self.response_id = new_id("resp")
        self._model_name = model_name
        self._numbers = count()

    def begin(self) -> Events:
        """The opening of the response."""
        response = self._response("in_progress")
        yield api.ResponseCreatedEvent(
            type="response.created", response=response, sequence_number=self._next()
        )
        yield api.ResponseInProgressEvent(
            type="response.in_progress", response=response, sequence_number=self._next()
        )

    def reasoning(self, thoughts: Iterable[Iterable[str]]) -> Events:
        """A reasoning item; each thought is a part of its summary, given in pieces."""
        item = api.ResponseReasoningItem(id=new_id("rs"), type="reasoning", summary=[], status="in_progress")
        yield self._added(item)
        for index, pieces in enumerate(thoughts):
            place: dict[str, Any] = {
                "item_id": item.id,
                "output_index": len(self.output),
                "summary_index": index,
            }
            text = ""
            yield api.ResponseReasoningSummaryPartAddedEvent(
                type="response.reasoning_summary_part.added",
                part=AddedPart(type="summary_text", text=""),
                sequence_number=self._next(),
                **place,
            )
            for piece in pieces:
                text += piece
                yield api.ResponseReasoningSummaryTextDeltaEvent(
                    type="response.reasoning_summary_text.delta",
                    delta=piece,
                    sequence_number=self._next(),
                    **place,
                )
            yield api.ResponseReasoningSummaryTextDoneEvent(
                type="response.reasoning_summary_text.done", text=text, sequence_number=self._next(), **place
            )
            yield api.ResponseReasoningSummaryPartDoneEvent(
                type="response.reasoning_summary_part.done",
                part=DonePart(type="summary_text", text=text),
                sequence_number=self._next(),
                **place,
            )
            item.summary.append(Summary(type="summary_text", text=text))
        yield self._done(item.model_copy(update={"status": "completed"}))

    def message(self, pieces: Iterable[str], citations: Sequence[Mapping[str, Any]] = ()) -> Events:
        """A message of one text, given in pieces, with what it cites."""
        item = self._new_message()
        yield self._added(item)
        place = self._place(item.id)
        part = api.ResponseOutputText(type="output_text", text="", annotations=[])
        yield self._part_added(part, place)
        text = ""
        for piece in pieces:
            text += piece
            yield api.ResponseTextDeltaEvent(
                type="response.output_text.delta",
                delta=piece,
                logprobs=[],
                sequence_number=self._next(),
                **place,
            )
        annotations = [_ANNOTATION.validate_python(citation) for citation in citations]
        for number, annotation in enumerate(citations):
            yield api.ResponseOutputTextAnnotationAddedEvent.model_validate(
                {
                    "type": "response.output_text.annotation.added",
                    "annotation": annotation,
                    "annotation_index": number,
                    "sequence_number": self._next(),
                    **place,
                }
            )
        yield api.ResponseTextDoneEvent(
            type="response.output_text.done", text=text, logprobs=[], sequence_number=self._next(), **place
        )
        whole = part.model_copy(update={"text": text, "annotations": annotations})
        yield from self._message_done(item, whole, place)

    def refusal(self, pieces: Iterable[str]) -> Events:
        """A message that refuses, given in pieces."""
        item = self._new_message()
        yield self._added(item)
        place = self._place(item.id)
        part = api.ResponseOutputRefusal(type="refusal", refusal="")
        yield self._part_added(part, place)
        text = ""
        for piece in pieces:
            text += piece
            yield api.ResponseRefusalDeltaEvent(
                type="response.refusal.delta", delta=piece, sequence_number=self._next(), **place
            )
        yield api.ResponseRefusalDoneEvent(
            type="response.refusal.done", refusal=text, sequence_number=self._next(), **place
        )
        yield from self._message_done(item, part.model_copy(update={"refusal": text}), place)

    def call(self, name: str, arguments: str) -> Events:
        """A call of a function tool."""
        item = api.ResponseFunctionToolCall(
            id=new_id("fc"),
            call_id=new_id("call"),
            type="function_call",
            name=name,
            arguments=arguments,
            status="completed",
        )
        yield self._added(item.model_copy(update={"arguments": "", "status": "in_progress"}))
        place: dict[str, Any] = {"item_id": item.id, "output_index": len(self.output)}
        yield api.ResponseFunctionCallArgumentsDeltaEvent(
            type="response.function_call_arguments.delta",
            delta=arguments,
            sequence_number=self._next(),
            **place,
        )
        yield api.ResponseFunctionCallArgumentsDoneEvent(
            type="response.function_call_arguments.done",
            name=name,
            arguments=arguments,
            sequence_number=self._next(),
            **place,
        )
        yield self._done(item)

    def web_search(self, query: str, urls: Iterable[str]) -> Events:
        """A search of the provider's, which finds these pages."""
        sources = [ActionSearchSource(type="url", url=url) for url in urls]
        action = ActionSearch(type="search", query=query, queries=[query])
        item = api.ResponseFunctionWebSearch(
            id=new_id("ws"), type="web_search_call", status="in_progress", action=action
        )
        yield self._added(item)
        yield api.ResponseWebSearchCallSearchingEvent(
            type="response.web_search_call.searching",
            item_id=item.id,
            output_index=len(self.output),
            sequence_number=self._next(),
        )
        found = action.model_copy(update={"sources": sources})
        yield self._done(item.model_copy(update={"status": "completed", "action": found}))

    def image(self, partials: Iterable[str], whole: str, prompt: str) -> Events:
        """An image of the provider's, in base64, which becomes clearer."""
        item = ImageGenerationCall(id=new_id("ig"), type="image_generation_call", status="in_progress")
        yield self._added(item)
        place: dict[str, Any] = {"item_id": item.id, "output_index": len(self.output)}
        yield api.ResponseImageGenCallGeneratingEvent(
            type="response.image_generation_call.generating", sequence_number=self._next(), **place
        )
        for number, partial in enumerate(partials):
            yield api.ResponseImageGenCallPartialImageEvent(
                type="response.image_generation_call.partial_image",
                partial_image_b64=partial,
                partial_image_index=number,
                sequence_number=self._next(),
                **place,
            )
        done = {"status": "completed", "result": whole, "revised_prompt": prompt}
        yield self._done(item.model_copy(update=done))

    def end(self, usage: api.ResponseUsage) -> Events:
        """The completion of the response."""
        response = self._response("completed").model_copy(
            update={"output": list(self.output), "usage": usage}
        )
        yield api.ResponseCompletedEvent(
            type="response.completed", response=response, sequence_number=self._next()
        )

    def _next(self) -> int:
        return next(self._numbers)

    def _place(self, item_id: str) -> dict[str, Any]:
        return {"item_id": item_id, "output_index": len(self.output), "content_index": 0}

    def _new_message(self) -> api.ResponseOutputMessage:
        return api.ResponseOutputMessage(
            id=new_id("msg"), type="message", role="assistant", status="in_progress", content=[]
        )

    def _added(self, item: TResponseOutputItem) -> TResponseStreamEvent:
        return api.ResponseOutputItemAddedEvent(
            type="response.output_item.added",
            item=item,
            output_index=len(self.output),
            sequence_number=self._next(),
        )

    def _part_added(
        self, part: api.ResponseOutputText | api.ResponseOutputRefusal, place: dict[str, Any]
    ) -> TResponseStreamEvent:
        return api.ResponseContentPartAddedEvent(
            type="response.content_part.added", part=part, sequence_number=self._next(), **place
        )

    def _message_done(
        self,
        item: api.ResponseOutputMessage,
        part: api.ResponseOutputText | api.ResponseOutputRefusal,
        place: dict[str, Any],
    ) -> Events:
        yield api.ResponseContentPartDoneEvent(
            type="response.content_part.done", part=part, sequence_number=self._next(), **place
        )
        yield self._done(item.model_copy(update={"content": [part], "status": "completed"}))

    def _done(self, item: TResponseOutputItem) -> TResponseStreamEvent:
        event = api.ResponseOutputItemDoneEvent(
            type="response.output_item.done",
            item=item,
            output_index=len(self.output),
            sequence_number=self._next(),
        )
        self.output.append(item)
        return event

    def _response(self, status: Any) -> api.Response:
        return api.Response(
            id=self.response_id,
            created_at=0,
            model=self._model_name,
            object="response",
            output=[],
            parallel_tool_calls=False,
            status=status,
            tool_choice="auto",
            tools=[],
        )
