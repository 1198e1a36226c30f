"""A reply as `/v1/responses` sends it: a stream of typed events, or one body."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from tests.provider.script import (
    JSON,
    CallTool,
    Control,
    Fail,
    Refuse,
    Reply,
    Say,
    StopShort,
    Think,
    UseHostedTool,
)
from tests.provider.wire import USAGE, Frame, NotScriptable, parts, sse, text_of


def stream(reply: Reply, response_id: str, request: JSON) -> Iterator[Frame]:
    """Yield the frames of a streamed reply."""
    yield from _Response(response_id, request).frames(reply)


def body(reply: Reply, response_id: str, request: JSON) -> JSON:
    """Return the body of a reply that is not streamed."""
    response = _Response(response_id, request)
    for _ in response.frames(reply):
        pass
    return response.state


class _Response:
    """One response as it comes into being."""

    def __init__(self, response_id: str, request: JSON) -> None:
        self._number = 0
        self.state: JSON = {
            "id": response_id,
            "object": "response",
            "created_at": 1_767_225_600,
            "status": "in_progress",
            "error": None,
            "incomplete_details": None,
            "instructions": request.get("instructions"),
            "metadata": {},
            "model": request.get("model", "model"),
            "output": [],
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "usage": None,
        }

    def frames(self, reply: Reply) -> Iterator[Frame]:
        yield self._event("response.created", response=self.state)
        yield self._event("response.in_progress", response=self.state)
        stops_short = any(isinstance(step, StopShort) for step in reply)
        for step in reply:
            match step:
                case Say() | Refuse():
                    yield from self._message(step, "incomplete" if stops_short else "completed")
                case Think():
                    yield from self._reasoning(step)
                case CallTool():
                    yield from self._tool_call(step)
                case UseHostedTool():
                    yield from self._hosted_tool(step)
                case StopShort():
                    yield self._end("incomplete", incomplete_details={"reason": step.reason})
                    return
                case Fail():
                    yield self._end("failed", error={"code": step.code, "message": step.message})
                    return
                case _ if isinstance(step, Control):
                    yield step
                case _:
                    raise NotScriptable(step)
        yield self._end("completed")

    def _event(self, kind: str, **fields: Any) -> bytes:
        event = {"type": kind, "sequence_number": self._number, **fields}
        self._number += 1
        return sse(event, kind)

    def _end(self, status: str, **changes: Any) -> bytes:
        read, written = USAGE
        self.state |= {
            "status": status,
            "usage": {
                "input_tokens": read,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": written,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": read + written,
            },
            **changes,
        }
        return self._event(f"response.{status}", response=self.state)

    def _item(self, running: JSON, done: JSON, between: Callable[[JSON], Iterator[Frame]]) -> Iterator[Frame]:
        """Frame what happens `between` the beginning and the end of an output item."""
        index = len(self.state["output"])
        yield self._event("response.output_item.added", output_index=index, item=running)
        yield from between({"item_id": running["id"], "output_index": index})
        self.state["output"].append(done)
        yield self._event("response.output_item.done", output_index=index, item=done)

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}_{self.state['id']}_{len(self.state['output'])}"

    def _message(self, step: Say | Refuse, status: str) -> Iterator[Frame]:
        shape = _Text(step.citations) if isinstance(step, Say) else _Refusal()
        pieces = parts(step.pieces)
        item = {"id": self._new_id("msg"), "type": "message", "role": "assistant"}
        content = [shape.part(text_of(part), last=part is pieces[-1]) for part in pieces]

        def between(where: JSON) -> Iterator[Frame]:
            for number, part in enumerate(pieces):
                yield from self._content_part(
                    shape, part, content[number], {**where, "content_index": number}
                )

        running = {**item, "status": "in_progress", "content": []}
        yield from self._item(running, {**item, "status": status, "content": content}, between)

    def _content_part(
        self, shape: "_Text | _Refusal", pieces: Sequence[str | Control], done: JSON, where: JSON
    ) -> Iterator[Frame]:
        yield self._event("response.content_part.added", **where, part=shape.part("", last=False))
        for piece in pieces:
            if isinstance(piece, str):
                yield self._event(f"response.{shape.kind}.delta", **where, delta=piece, **shape.extras)
            else:
                yield piece
        for number, annotation in enumerate(done.get("annotations", ())):
            yield self._event(
                "response.output_text.annotation.added",
                **where,
                annotation_index=number,
                annotation=annotation,
            )
        whole = {shape.field: done[shape.field]}
        yield self._event(f"response.{shape.kind}.done", **where, **whole, **shape.extras)
        yield self._event("response.content_part.done", **where, part=done)

    def _reasoning(self, step: Think) -> Iterator[Frame]:
        pieces = parts(step.pieces)
        item: JSON = {"id": self._new_id("rs"), "type": "reasoning"}
        if step.plainly:
            texts = [{"type": "reasoning_text", "text": text_of(part)} for part in pieces]
            done: JSON = {**item, "summary": [], "content": texts}
        else:
            done = {**item, "summary": [{"type": "summary_text", "text": text_of(part)} for part in pieces]}
        part_frames = self._reasoning_text if step.plainly else self._summary_part

        def between(where: JSON) -> Iterator[Frame]:
            for number, part in enumerate(pieces):
                yield from part_frames(part, number, where)

        yield from self._item({**item, "summary": []}, done, between)

    def _summary_part(self, pieces: Sequence[str | Control], number: int, where: JSON) -> Iterator[Frame]:
        where = {**where, "summary_index": number}
        empty, done = ({"type": "summary_text", "text": text} for text in ("", text_of(pieces)))
        yield self._event("response.reasoning_summary_part.added", **where, part=empty)
        yield from self._deltas("response.reasoning_summary_text", pieces, where)
        yield self._event("response.reasoning_summary_part.done", **where, part=done)

    def _reasoning_text(self, pieces: Sequence[str | Control], number: int, where: JSON) -> Iterator[Frame]:
        where = {**where, "content_index": number}
        yield from self._deltas("response.reasoning_text", pieces, where)

    def _deltas(self, kind: str, pieces: Sequence[str | Control], where: JSON) -> Iterator[Frame]:
        for piece in pieces:
            if isinstance(piece, str):
                yield self._event(f"{kind}.delta", **where, delta=piece)
            else:
                yield piece
        yield self._event(f"{kind}.done", **where, text=text_of(pieces))

    def _tool_call(self, step: CallTool) -> Iterator[Frame]:
        item = {"id": self._new_id("fc"), "type": "function_call", "call_id": step.call_id, "name": step.name}

        def between(where: JSON) -> Iterator[Frame]:
            middle = len(step.arguments) // 2
            for delta in (step.arguments[:middle], step.arguments[middle:]):
                yield self._event("response.function_call_arguments.delta", **where, delta=delta)
            yield self._event(
                "response.function_call_arguments.done", **where, name=step.name, arguments=step.arguments
            )

        yield from self._item(
            {**item, "status": "in_progress", "arguments": ""},
            {**item, "status": "completed", "arguments": step.arguments},
            between,
        )

    def _hosted_tool(self, step: UseHostedTool) -> Iterator[Frame]:
        identity = {} if step.keeps_id else {"id": self._new_id(step.running["id"])}

        def between(where: JSON) -> Iterator[Frame]:
            for event in step.events:
                if isinstance(event, str):
                    yield self._event(event, **where)
                elif isinstance(event, dict):
                    fields = {name: value for name, value in event.items() if name != "type"}
                    yield self._event(event["type"], **where, **fields)
                else:
                    yield event

        yield from self._item(step.running | identity, step.done | identity, between)


class _Text:
    kind = "output_text"
    field = "text"
    extras: ClassVar[JSON] = {"logprobs": []}

    def __init__(self, citations: Sequence[JSON]) -> None:
        self._citations = list(citations)

    def part(self, text: str, *, last: bool) -> JSON:
        annotations = self._citations if last else []
        return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}


class _Refusal:
    kind = "refusal"
    field = "refusal"
    extras: ClassVar[JSON] = {}

    def part(self, text: str, *, last: bool) -> JSON:
        return {"type": "refusal", "refusal": text}
