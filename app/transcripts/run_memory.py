"""What the model shall remember of a run, however it ended.

Measured on agents 0.24: `result.new_items` grows only when a step (one model call and its tools) is over.
After a stop or an error in the middle of a step it lacks that step's finished messages and its calls, though
the user has seen the text and the tools may have had an effect. They are known from the events alone, so the
events are observed as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, cast

from agents import ModelRefusalError, RunResultStreaming, StreamEvent, TResponseInputItem
from agents.items import MessageOutputItem, ReasoningItem, RunItem, ToolCallOutputItem
from openai.types.responses import (
    ResponseCreatedEvent,
    ResponseOutputItemAddedEvent,
    ResponseRefusalDeltaEvent,
    ResponseTextDeltaEvent,
)

from app.transcripts.portable import IMAGE_CALL, IMAGE_FILE

Cut = Literal["cancelled", "failed", "interrupted"]
"""Why a run ended before its work did: by the user, by an error, by the process going away."""

_ENDINGS: dict[Cut, tuple[str, str]] = {
    "cancelled": (
        "[The user stopped the answer here.]",
        "[The user stopped this before there was an answer.]",
    ),
    "failed": ("[An error ended the answer here.]", "[An error prevented an answer.]"),
    "interrupted": (
        "[A restart of the server ended the answer here.]",
        "[A restart of the server prevented an answer.]",
    ),
}
_AS_RETURNED: Mapping[str, str | None] = MappingProxyType({})
_NO_IMAGES: Mapping[str, str] = MappingProxyType({})
_WITHHELD = "[The answer was withheld by a rule of this service.]"
_NO_RESULT = "[No result: the run ended before this call did. Whether it had an effect is unknown.]"


class RunMemory:
    """Collects what a streamed run says and does; observe every event, then ask for `items`.

    `outputs` says, by call id, what is remembered instead of what a tool returned: another text, or (None)
    nothing yet, because the call is answered after the run. It may grow until the call's output is there.
    `images` says, by call id, which file a generated image is: its bytes are not remembered.
    """

    def __init__(
        self,
        user_input: Sequence[TResponseInputItem],
        outputs: Mapping[str, str | None] = _AS_RETURNED,
        images: Mapping[str, str] = _NO_IMAGES,
    ) -> None:
        self._user_input = user_input
        self._outputs = outputs
        self._images = images
        self._seen: list[RunItem] = []
        self._open_text: list[str] = []
        self._remembered: list[RunItem] = []

    def resumes(self, result: RunResultStreaming) -> None:
        """Take what a run that goes on has done before it was saved for remembered."""
        self._remembered = list(result.new_items)

    def observe(self, event: StreamEvent) -> None:
        """Take notice of one event of the run. Cheap: called for every delta."""
        match event.type:
            case "raw_response_event":
                self._observe_raw(event.data)
            case "run_item_stream_event":
                # A response becomes items as a whole, when it is complete.
                self._open_text.clear()
                # A question for approval is no item that a model could be sent.
                if event.item.type != "tool_approval_item" and not _is_awaited(event.item, self._outputs):
                    self._seen.append(event.item)
            case _:
                pass

    def finished(self, after: int) -> list[TResponseInputItem]:
        """Return what is finished of the run so far, the user's items aside, from the nth item on."""
        return _referring(_as_input(self._seen[after:], self._outputs), self._images)

    def items(
        self,
        result: RunResultStreaming | None,
        cut: Cut | None,
        not_done: Sequence[TResponseInputItem] = (),
    ) -> list[TResponseInputItem]:
        """Return what to append to the transcript; asked once, after the events have ended.

        `not_done` are the outputs of calls that were not carried out.
        """
        items = remembered(
            result,
            self._user_input,
            "".join(self._open_text),
            cut,
            self._seen,
            self._outputs,
            not_done=not_done,
            before=self._remembered,
        )
        return _referring(items, self._images)

    def _observe_raw(self, event: object) -> None:
        match event:
            case ResponseTextDeltaEvent() | ResponseRefusalDeltaEvent():
                self._open_text.append(event.delta)
            case ResponseOutputItemAddedEvent() if event.item.type == "message" and self._open_text:
                self._open_text.append("\n\n")
            case ResponseCreatedEvent():
                self._open_text.clear()
            case _:
                pass


def remembered(
    result: RunResultStreaming | None,
    user_input: Sequence[TResponseInputItem],
    partial_text: str | None,
    cut: Cut | None,
    seen: Iterable[RunItem] = (),
    outputs: Mapping[str, str | None] = _AS_RETURNED,
    *,
    not_done: Sequence[TResponseInputItem] = (),
    before: Sequence[RunItem] = (),
) -> list[TResponseInputItem]:
    """Return the items of a turn: the user's, what the run finished, and how it ended.

    `result` is None where the run never began. `partial_text` is assistant
    text that belongs to no finished item. `seen` are the items the run's events carried, finished steps
    included; those `before` were remembered by an earlier turn. `not_done` are outputs that the run itself
    has not. A cut turn ends with an assistant message that says so, and none of its calls is without an
    output, so that any provider accepts the next turn. A question that an input guardrail refused is not
    remembered, and an answer that an output guardrail withheld is not either.
    """
    if result is not None and _tripped(result.input_guardrail_results):
        return []
    known = {id(item) for item in before}
    finished = [
        item for item in _finished(result, seen) if id(item) not in known and not _is_awaited(item, outputs)
    ]
    if result is not None and _tripped(result.output_guardrail_results):
        return [*user_input, *_as_input(_without_answer(finished), outputs), _message(_WITHHELD)]
    items = [*user_input, *_as_input(finished, outputs), *not_done]
    if cut is None or (result is not None and isinstance(result.run_loop_exception, ModelRefusalError)):
        return items
    return [*items, *_missing_outputs(items), _ending(partial_text, cut, finished)]


def remembered_of_lost(
    user_input: Sequence[TResponseInputItem], finished: Sequence[TResponseInputItem], partial_text: str
) -> list[TResponseInputItem]:
    """Return the items of a turn whose process is gone: `finished` is what it had written of its run."""
    items = [*user_input, *finished]
    after_text, without_text = _ENDINGS["interrupted"]
    has_message = any(item.get("role") == "assistant" for item in finished)
    return [
        *items,
        *_missing_outputs(items),
        _cut_message(partial_text, after_text, without_text, has_message),
    ]


def _tripped(results: Sequence[object]) -> bool:
    return any(guardrail.output.tripwire_triggered for guardrail in results)  # type: ignore[attr-defined]


def _finished(result: RunResultStreaming | None, seen: Iterable[RunItem]) -> list[RunItem]:
    """Return the items that the events carried, and those whose events were dropped with the queue."""
    items = list(seen)
    known = {id(item) for item in items}
    return items + [item for item in (result.new_items if result else ()) if id(item) not in known]


def _as_input(items: Iterable[RunItem], outputs: Mapping[str, str | None]) -> list[TResponseInputItem]:
    return [_replaced(item, outputs) for item in items if item.type != "tool_approval_item"]


def _replaced(item: RunItem, outputs: Mapping[str, str | None]) -> TResponseInputItem:
    made = item.to_input_item()
    if isinstance(item, ToolCallOutputItem) and (text := outputs.get(_call_id(made))) is not None:
        return cast("TResponseInputItem", {**made, "output": text})
    return made


def _referring(items: Sequence[TResponseInputItem], images: Mapping[str, str]) -> list[TResponseInputItem]:
    """Return `items` with the ids of files in the place of images."""
    return [_reference(item, images) if item.get("type") == IMAGE_CALL else item for item in items]


def _reference(item: TResponseInputItem, images: Mapping[str, str]) -> TResponseInputItem:
    call: dict[str, object] = {name: value for name, value in item.items() if name != "result"}
    if (file_id := images.get(str(call.get("id")))) is not None:
        call[IMAGE_FILE] = file_id
    return cast("TResponseInputItem", call)


def _is_awaited(item: RunItem, outputs: Mapping[str, str | None]) -> bool:
    return (
        isinstance(item, ToolCallOutputItem)
        and outputs.get(_call_id(item.to_input_item()), "returned") is None
    )


def _call_id(item: TResponseInputItem) -> str:
    return str(item.get("call_id", ""))


def _without_answer(items: list[RunItem]) -> list[RunItem]:
    end = len(items)
    while end and isinstance(items[end - 1], MessageOutputItem | ReasoningItem):
        end -= 1
    return items[:end]


def _missing_outputs(items: Sequence[TResponseInputItem]) -> list[TResponseInputItem]:
    open_calls: dict[str, None] = {}
    for item in items:
        match item:
            case {"type": "function_call", "call_id": str(call_id)}:
                open_calls[call_id] = None
            case {"type": "function_call_output", "call_id": str(call_id)}:
                open_calls.pop(call_id, None)
            case _:
                pass
    return [
        {"type": "function_call_output", "call_id": call_id, "output": _NO_RESULT} for call_id in open_calls
    ]


def _ending(partial_text: str | None, cut: Cut, finished: Sequence[RunItem]) -> TResponseInputItem:
    has_message = any(isinstance(item, MessageOutputItem) for item in finished)
    return _cut_message(partial_text or "", *_ENDINGS[cut], has_message)


def _cut_message(
    partial_text: str, after_text: str, without_text: str, has_message: bool
) -> TResponseInputItem:
    if text := partial_text.rstrip():
        return _message(f"{text}\n\n{after_text}")
    return _message(after_text if has_message else without_text)


def _message(text: str) -> TResponseInputItem:
    # In the assistant's own turn: a second user message in a row is refused by some chat templates.
    return {"role": "assistant", "content": text}
