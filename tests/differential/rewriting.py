"""What a difference is written in: each brings a pair of answers together, or leaves it as it is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.differential.answers import JSON, Answer

Pair = tuple[Answer, Answer]
"""What the stock server said, and what ours said."""
Rewrite = Callable[[Pair], Pair]


def both(change: Callable[[JSON], JSON]) -> Rewrite:
    """Change every JSON value of both answers, from the inside out."""
    return lambda pair: (_changed(pair[0], change), _changed(pair[1], change))


def stock(change: Callable[[JSON], JSON]) -> Rewrite:
    """Change every JSON value of the stock server's answer, from the inside out."""
    return lambda pair: (_changed(pair[0], change), pair[1])


def ours(change: Callable[[JSON], JSON]) -> Rewrite:
    """Change every JSON value of our answer, from the inside out."""
    return lambda pair: (pair[0], _changed(pair[1], change))


def both_without(is_unwanted: Callable[[JSON], bool]) -> Rewrite:
    """Leave frames and items of pages out of both answers."""
    return lambda pair: (_without(pair[0], is_unwanted), _without(pair[1], is_unwanted))


def ours_without(is_unwanted: Callable[[JSON], bool]) -> Rewrite:
    """Leave frames and items of pages out of our answer."""
    return lambda pair: (pair[0], _without(pair[1], is_unwanted))


def stock_without(is_unwanted: Callable[[JSON], bool]) -> Rewrite:
    """Leave frames and items of pages out of the stock server's answer."""
    return lambda pair: (_without(pair[0], is_unwanted), pair[1])


def instead(fits: Callable[[Answer, Answer], bool]) -> Rewrite:
    """Take our answer for the stock server's, where the two fit the description."""
    return lambda pair: (pair[1], pair[1]) if fits(*pair) else pair


def in_turn(*rewrites: Rewrite) -> Rewrite:
    """Apply several."""

    def rewrite(pair: Pair) -> Pair:
        for step in rewrites:
            pair = step(pair)
        return pair

    return rewrite


def where(fits: Callable[[Answer, Answer], bool], rewrite: Rewrite) -> Rewrite:
    """Apply only where two answers fit the description."""
    return lambda pair: rewrite(pair) if fits(*pair) else pair


def refused(answer: Answer, code: str, status: int) -> bool:
    """Say whether an answer is one of our refusals, in the one shape that all of them have."""
    body = answer.body
    if (answer.status, answer.content_type) != (status, "application/json") or not isinstance(body, dict):
        return False
    error = body.get("error", {})
    expected = {"code": code, "message": body.get("message"), "retryable": False}
    return set(body) == {"error", "message"} and error == expected and bool(body["message"])


def broke_down(answer: Answer) -> bool:
    """Say whether an answer is an internal error, or a stream that breaks off."""
    return answer.status == 500 or answer.is_cut


def item_of(frame: JSON, kind: str) -> bool:
    """Say whether a frame is about an item of this type, or is such an item."""
    if not isinstance(frame, dict):
        return False
    named = frame.get("item") or frame
    named_id = named.get("item_id") or named.get("id")
    return isinstance(named_id, str) and named_id.startswith(f"<{kind} ")


def _changed(answer: Answer, change: Callable[[JSON], JSON]) -> Answer:
    frames = tuple(_deeply(frame, change) for frame in answer.frames)
    return replace(answer, body=_deeply(answer.body, change), frames=frames)


def _deeply(value: JSON, change: Callable[[JSON], JSON]) -> JSON:
    match value:
        case dict():
            return change({name: _deeply(part, change) for name, part in value.items()})
        case list():
            return change([_deeply(part, change) for part in value])
        case _:
            return change(value)


def _without(answer: Answer, is_unwanted: Callable[[JSON], bool]) -> Answer:
    def thin(value: Any) -> Any:
        return [part for part in value if not is_unwanted(part)] if isinstance(value, list) else value

    frames = tuple(frame for frame in answer.frames if not is_unwanted(frame))
    return replace(answer, body=_deeply(answer.body, thin), frames=frames)
