"""From the bytes of a body to a request of the ChatKit protocol, within bounds.

Owns tolerance (what evergreen clients may leave out or add) and every limit on the content of a request.
Looks nothing up.
"""

import re
from collections.abc import Iterable
from typing import Any

from chatkit.actions import Action
from chatkit.types import (
    ChatKitReq,
    InputTranscribeReq,
    StructuredInputSubmission,
    ThreadsCustomActionReq,
    ThreadsSyncCustomActionReq,
    UserMessageInput,
    UserMessageTagContent,
)
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from app.chatkit_api.body import TOO_LARGE
from app.errors import BadRequest, Malformed, PayloadTooLarge

# Building an adapter costs milliseconds of blocking work, using one microseconds.
_requests: TypeAdapter[ChatKitReq] = TypeAdapter(ChatKitReq)

MAX_TEXT = 100_000
"""Characters in all text parts of a message together."""
MAX_QUOTE = 20_000
MAX_PARTS = 100
MAX_TAG_DATA = 10_000
"""Bytes of a tag's `data` as JSON."""
MAX_TOOL_RESULT = 200_000
"""Bytes of what a tool of the page gave, as JSON."""
MAX_ANSWERS = 100
"""Questions answered at once, and values of all their answers together."""
MAX_ANSWER_TEXT = 20_000
"""Characters in all values together."""
MAX_ACTION_TYPE = 200
MAX_ACTION_PAYLOAD = 100_000
"""Bytes of an action's payload, as JSON."""
MAX_ACTION_DEPTH = 32
"""Levels of objects and lists in it."""
MAX_TITLE = 200
MAX_VALUES = 100_000
"""Members of all objects and lists of a body together; the parser itself allows 200 levels of them."""
MAX_FEEDBACK_ITEMS = 100

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def parse_request(body: bytes, limit: int) -> ChatKitReq:
    """Return the request in `body`; raise `BadRequest` with a sentence that names what is wrong.

    Raises `PayloadTooLarge` for a body over `limit` bytes, unless it is a dictation.
    """
    _check_structure(body)
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("The body is not valid JSON: {problem}.", problem=error) from None
    if not isinstance(raw, dict):
        raise Malformed("The body must be a JSON object with `type` and `params`.")
    try:
        if b"\\u0000" in body:
            raw = _without_nul(raw)
        request = _requests.validate_python(_completed(raw))
        _check_has_type(request)
    except ValidationError as error:
        raise _malformed(raw, error) from None
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None
    if len(body) > limit and not isinstance(request, InputTranscribeReq):
        raise PayloadTooLarge(TOO_LARGE, limit=limit)
    return request


def _check_structure(body: bytes) -> None:
    """Refuse what costs more to parse than its bytes, before it is parsed."""
    # Text may hold as many commas as it likes; looked at closely only where there are that many.
    if body.count(b",") > MAX_VALUES and _STRING.sub(b"", body).count(b",") > MAX_VALUES:
        raise Malformed("The body has too many members: at most {limit:,}.", limit=MAX_VALUES)


def _check_has_type(request: ChatKitReq) -> None:
    """Raise `Malformed` for an action without a type: it got the SDK's own type variable for one."""
    if isinstance(request, ThreadsCustomActionReq | ThreadsSyncCustomActionReq):
        kind: object = request.params.action.type
        if not isinstance(kind, str):
            raise Malformed("params.action.type: Field required.")


def _completed(raw: dict[str, Any]) -> dict[str, Any]:
    """Fill in what clients may leave out although the SDK's types ask for it."""
    if raw.get("metadata", {}) is None:
        raw = {**raw, "metadata": {}}
    if raw.get("type") == "threads.add_client_tool_output" and isinstance(raw.get("params"), dict):
        # What a page's tool gives may be `undefined`, which JSON leaves out.
        raw["params"].setdefault("result", None)
    for part in _content_parts(raw):
        if isinstance(part, dict) and part.get("type") == "input_tag":
            part.setdefault("data", {})
    return raw


def _content_parts(raw: dict[str, Any]) -> list[Any]:
    value: Any = raw
    for name in ("params", "input", "content"):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def _without_nul(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\x00", "")
        case list():
            return [_without_nul(element) for element in value]
        case dict():
            return {_without_nul(key): _without_nul(element) for key, element in value.items()}
        case _:
            return value


def _malformed(raw: dict[str, Any], error: ValidationError) -> Malformed:
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if problem["type"].startswith("union_tag"):
        return Malformed("Unknown request type {type!r}.", type=str(raw.get("type"))[:80])
    place = ".".join(str(step) for step in problem["loc"][1:])
    return Malformed("{place}: {problem}.", place=place or "The body", problem=problem["msg"])


def check_message(message: UserMessageInput) -> UserMessageInput:
    """Return a user message within its bounds; raise `BadRequest` for one that is empty or too large.

    A file alone is a message as well.
    """
    texts = [part.text for part in message.content]
    if not message.attachments and not any(text.strip() for text in texts):
        raise BadRequest("The message is empty.")
    if len(message.content) > MAX_PARTS or sum(map(len, texts)) > MAX_TEXT:
        raise BadRequest("The message is too long: at most {limit:,} characters.", limit=MAX_TEXT)
    for part in message.content:
        if isinstance(part, UserMessageTagContent) and _tag_size(part) > MAX_TAG_DATA:
            raise BadRequest("The data of a tag is too large.")
    if message.quoted_text and len(message.quoted_text) > MAX_QUOTE:
        raise BadRequest("The quoted text is too long: at most {limit:,} characters.", limit=MAX_QUOTE)
    return message.model_copy(update={"quoted_text": message.quoted_text or None})


def _tag_size(tag: UserMessageTagContent) -> int:
    return len(to_json([tag.id, tag.group, tag.data]))


def check_tool_result(result: Any) -> Any:
    """Return what a tool of the page gave, which may be any JSON value within its bound."""
    try:
        size = len(to_json(result))
    except ValueError:
        raise Malformed("The result is nested too deeply.") from None
    if size > MAX_TOOL_RESULT:
        raise BadRequest("The result is too large: at most {limit:,} bytes.", limit=MAX_TOOL_RESULT)
    return result


def check_answers(submission: StructuredInputSubmission) -> StructuredInputSubmission:
    """Return answers within their bounds; which questions there are is not looked at."""
    values = [value for answer in submission.answers.values() for value in answer.values]
    if len(submission.answers) > MAX_ANSWERS or len(values) > MAX_ANSWERS:
        raise BadRequest("There are too many answers: at most {limit}.", limit=MAX_ANSWERS)
    if sum(map(len, values)) > MAX_ANSWER_TEXT:
        raise BadRequest("The answers are too long: at most {limit:,} characters.", limit=MAX_ANSWER_TEXT)
    return submission


def check_action(action: Action[str, Any]) -> None:
    """Raise `Malformed` for an action out of bounds; which actions there are is not looked at."""
    if not 0 < len(action.type) <= MAX_ACTION_TYPE:
        raise Malformed("The type of an action has 1 to {limit} characters.", limit=MAX_ACTION_TYPE)
    level = [action.payload]
    for _ in range(MAX_ACTION_DEPTH):
        level = [part for value in level for part in _nested(value)]
    if level:
        raise Malformed("The payload of the action is nested too deeply.")
    if len(to_json(action.payload)) > MAX_ACTION_PAYLOAD:
        raise Malformed(
            "The payload of the action is too large: at most {limit:,} bytes.", limit=MAX_ACTION_PAYLOAD
        )


def _nested(value: Any) -> Iterable[Any]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (part for part in parts if isinstance(part, dict | list))


def check_title(title: str) -> str:
    """Return a title without outer blanks and control characters; raise `BadRequest` at its bounds."""
    clean = _CONTROL.sub(" ", title).strip()
    if not clean:
        raise BadRequest("The title is empty.")
    if len(clean) > MAX_TITLE:
        raise BadRequest("The title is too long: at most {limit} characters.", limit=MAX_TITLE)
    return clean
