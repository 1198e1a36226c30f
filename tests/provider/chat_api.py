"""A reply as `/v1/chat/completions` sends it: chunks of one choice, or one body.

There is one message per reply, so everything that is said runs together in it. Hosted tools do not exist
here. Reasoning is sent as `reasoning_content`, or with `plainly` as `reasoning`: servers of open models do
either.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.provider.script import JSON, CallTool, Control, Fail, Piece, Refuse, Reply, Say, StopShort, Think
from tests.provider.wire import USAGE, Frame, NotScriptable, parts, sse, text_of

_FINISH = {"max_output_tokens": "length", "content_filter": "content_filter"}


def stream(reply: Reply, response_id: str, request: JSON) -> Iterator[Frame]:
    """Yield the frames of a streamed reply."""
    head = _head(response_id, request, "chat.completion.chunk")
    yield _chunk(head, {"role": "assistant", "content": ""})
    calls = 0
    for step in reply:
        if isinstance(step, Fail):
            yield sse({"error": {"code": step.code, "message": step.message, "type": "server_error"}})
            return
        yield from _step(head, step, calls)
        calls += isinstance(step, CallTool)
    yield _chunk(head, {}, _finish_reason(reply))
    if (request.get("stream_options") or {}).get("include_usage"):
        yield sse({**head, "choices": [], "usage": _usage()})
    yield b"data: [DONE]\n\n"


def body(reply: Reply, response_id: str, request: JSON) -> JSON:
    """Return the body of a reply that is not streamed."""
    message: JSON = {"role": "assistant", "content": None, "refusal": None}
    calls = []
    for step in reply:
        match step:
            case Say():
                message["content"] = (message["content"] or "") + _text(step.pieces)
            case Refuse():
                message["refusal"] = (message["refusal"] or "") + _text(step.pieces)
            case CallTool():
                calls.append(_call(step))
            case _:
                pass
    if calls:
        message["tool_calls"] = calls
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish_reason(reply)}
    return {**_head(response_id, request, "chat.completion"), "choices": [choice], "usage": _usage()}


def _step(head: JSON, step: object, calls: int) -> Iterator[Frame]:
    match step:
        case Say():
            yield from _pieces(head, step.pieces, "content")
            if step.citations:
                annotations = [
                    {"type": "url_citation", "url_citation": _bare(cited)} for cited in step.citations
                ]
                yield _chunk(head, {"annotations": annotations})
        case Refuse():
            yield from _pieces(head, step.pieces, "refusal")
        case Think():
            yield from _pieces(head, step.pieces, "reasoning" if step.plainly else "reasoning_content")
        case CallTool():
            call = _call(step)
            middle = len(step.arguments) // 2
            begun = {
                **call,
                "index": calls,
                "function": {"name": step.name, "arguments": step.arguments[:middle]},
            }
            rest = {"index": calls, "function": {"arguments": step.arguments[middle:]}}
            yield _chunk(head, {"tool_calls": [begun]})
            yield _chunk(head, {"tool_calls": [rest]})
        case StopShort():
            pass
        case _ if isinstance(step, Control):
            yield step
        case _:
            raise NotScriptable(step)


def _pieces(head: JSON, pieces: Sequence[Piece], field: str) -> Iterator[Frame]:
    for part in parts(pieces):
        for piece in part:
            yield _chunk(head, {field: piece}) if isinstance(piece, str) else piece


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(text_of(part) for part in parts(pieces))


def _call(step: CallTool) -> JSON:
    return {
        "id": step.call_id,
        "type": "function",
        "function": {"name": step.name, "arguments": step.arguments},
    }


def _bare(citation: JSON) -> JSON:
    return {name: value for name, value in citation.items() if name != "type"}


def _finish_reason(reply: Reply) -> str:
    for step in reply:
        if isinstance(step, StopShort):
            return _FINISH[step.reason]
    return "tool_calls" if any(isinstance(step, CallTool) for step in reply) else "stop"


def _head(response_id: str, request: JSON, kind: str) -> JSON:
    model = request.get("model", "model")
    return {"id": f"chatcmpl-{response_id}", "object": kind, "created": 1_767_225_600, "model": model}


def _chunk(head: JSON, delta: JSON, finish_reason: str | None = None) -> bytes:
    choice: dict[str, Any] = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return sse({**head, "choices": [choice]})


def _usage() -> JSON:
    read, written = USAGE
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
