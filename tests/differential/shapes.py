"""What each difference looks like on the wire. No more is let through than a description here says."""

import re
from dataclasses import replace
from typing import Any

from tests.differential.answers import JSON, LOCAL_TIME, UTC_TIME, Answer
from tests.differential.rewriting import (
    Pair,
    both,
    both_without,
    broke_down,
    in_turn,
    instead,
    item_of,
    ours,
    ours_without,
    refused,
    stock,
    stock_without,
    where,
)

TITLE = "A title of the server's own"
"""What the compared assistant names every thread."""
OWN_HOST = ["127.0.0.1"]
"""Where images in the answers of our new threads may come from."""
FAILED = "No complete answer"
"""Title of the item that says why an answer failed."""


def _is_error(frame: JSON) -> bool:
    return isinstance(frame, dict) and frame.get("type") == "error"


def _failed(answer: Answer) -> bool:
    return any(map(_is_error, answer.frames))


def _is_stream(answer: Answer) -> bool:
    return answer.status == 200 and answer.content_type.startswith("text/event-stream") and not answer.is_cut


def _left_out(name: str, value: JSON) -> Any:
    return lambda part: (
        {key: kept for key, kept in part.items() if (key, kept) != (name, value)}
        if isinstance(part, dict)
        else part
    )


def title(pair: Pair) -> Pair:
    """Leave our title out, and the events that tell of nothing else."""
    a, b = ours(_left_out("title", TITLE))(pair)
    frames: list[JSON] = []
    known = None
    for frame in b.frames:
        thread = frame.get("thread")
        if thread is None or thread != known:
            frames.append(frame)
        known = thread or known
    return a, replace(b, frames=tuple(frames))


times = stock(lambda value: UTC_TIME if value == LOCAL_TIME else value)
quotation = stock(_left_out("quoted_text", ""))
own_images = ours(_left_out("allowed_image_domains", OWN_HOST))

malformed = instead(lambda a, b: a.status == 500 and refused(b, "bad_request", 400))
not_found = instead(lambda a, b: broke_down(a) and refused(b, "not_found", 404))
not_found_silent = instead(
    lambda a, b: a.status == 200 and (a.body == {} or _is_stream(a)) and refused(b, "not_found", 404)
)
conflict = instead(lambda a, b: a.is_cut and not a.frames and refused(b, "conflict", 409))
no_question = instead(lambda a, b: a.is_cut and not a.frames and refused(b, "bad_request", 400))
not_offered = instead(lambda a, b: (broke_down(a) or _failed(a)) and refused(b, "not_enabled", 400))
one_turn = in_turn(
    instead(lambda a, b: _is_stream(a) and refused(b, "conflict", 409)),
    # With one more question and answer before it, the first message is the third that is heard of.
    stock(lambda value: value.replace("_message 3>", "_message 2>") if isinstance(value, str) else value),
)
locked = instead(
    lambda a, b: _is_stream(a) and refused(b, "conflict", 409) and " locked. " in b.body["message"]
)
bounds = instead(lambda a, b: a.status == 200 and refused(b, "bad_request", 400))
leftovers = instead(
    lambda a, b: bool((a.body or {}).get("data")) and b.body == {"data": [], "has_more": False}
)

tolerance = instead(lambda a, b: a.status == 500 and _is_stream(b) and not _failed(b))
answered_all_the_same = where(
    lambda a, b: (_failed(a) and not _failed(b)) or not a.frames,
    in_turn(
        stock_without(lambda frame: _is_error(frame) or item_of(frame, "assistant_message")),
        ours_without(lambda frame: item_of(frame, "assistant_message")),
    ),
)
nul = stock(lambda value: value.replace("\0", "") if isinstance(value, str) else value)
clean_title = stock(
    lambda value: (
        {**value, "title": re.sub(r"[\x00-\x1f]+", " ", value["title"]).strip()}
        if isinstance(value, dict) and isinstance(value.get("title"), str)
        else value
    )
)

cursor = both(
    lambda value: (
        {**value, "after": "<cursor>"} if isinstance(value, dict) and value.get("has_more") else value
    )
)
dead_cursor = instead(
    lambda a, b: a.status == 500 and b.status == 200 and b.body == {"data": [], "has_more": False}
)
limit = instead(
    lambda a, b: a.body != b.body and len(b.body["data"]) == 1 and b.body["has_more"] and a.status == 200
)


def told_at_once(pair: Pair) -> Pair:
    """Have each answer tell of its thread at its end."""

    def is_telling(frame: JSON) -> bool:
        return bool(frame["type"] == "thread.updated")

    a, b = (replace(answer, frames=tuple(sorted(answer.frames, key=is_telling))) for answer in pair)
    return a, b


removed = ours_without(lambda frame: isinstance(frame, dict) and frame.get("type") == "thread.item.removed")


def so_far(pair: Pair) -> Pair:
    """Leave the last message out of our page, if it has exactly that more."""
    a, b = pair
    if not isinstance(b.body, dict) or "items" not in b.body:
        return pair
    before, now = a.body["items"]["data"], b.body["items"]["data"]
    if len(now) == len(before) + 1 and item_of(now[-1], "assistant_message"):
        return ours_without(lambda item: item == now[-1])(pair)
    return pair


def _closed(value: JSON) -> JSON:
    if item_of(value, "client_tool_call") or item_of(value, "structured_input"):
        if not isinstance(value, dict) or "status" not in value:
            return value
        fields = {name: part for name, part in value.items() if name not in ("status", "output", "inputs")}
        return {**fields, "status": "<pending or closed>"}
    return value


def _is_pending(value: JSON) -> bool:
    return isinstance(value, dict) and value.get("status") == "pending"


passed_over = where(
    lambda a, b: (
        any(map(_is_pending, (a.body or {}).get("data", [])))
        and not any(map(_is_pending, (b.body or {}).get("data", [])))
    ),
    both(_closed),
)
stored_widget = where(
    lambda a, b: isinstance(a.body, dict) and "data" in a.body,
    ours(
        lambda value: (
            {name: part for name, part in value.items() if name not in ("border", "glow")}
            if isinstance(value, dict) and value.get("type") in ("Card", "Text")
            else value
        )
    ),
)

tool_activity = ours_without(lambda frame: item_of(frame, "workflow"))
own_workflow = both_without(lambda frame: item_of(frame, "workflow"))


def _without_state(value: JSON) -> JSON:
    if isinstance(value, dict) and value.get("type") == "thought":
        return {name: part for name, part in value.items() if name != "status_indicator"}
    return value


thoughts = in_turn(
    both_without(lambda frame: item_of(frame, "workflow") and frame.get("type") != "thread.item.done"),
    both(_without_state),
)
parallel_calls = stock(lambda value: "call_page" if value == "call_server" else value)
failure = in_turn(
    where(lambda a, b: _failed(a) and _failed(b), both_without(_is_error)),
    ours_without(
        lambda frame: item_of(frame, "task") and (frame.get("item") or frame)["task"].get("title") == FAILED
    ),
)
refusal = both_without(lambda frame: item_of(frame, "assistant_message"))
cut_text = ours_without(
    lambda frame: (
        item_of(frame, "assistant_message")
        and (frame.get("update") or frame)["type"].endswith((".done", "assistant_message"))
    )
)
