"""What a provider or a tool may send that nobody should: a sentence at the most, never a broken stream."""

import time
from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest

from app.settings import Settings
from tests.chaos.report import Table
from tests.faults.agents_at_fault import HALF
from tests.faults.answers import agree, consistent, errors
from tests.faults.size import PROVIDER_CASES
from tests.patience import BUSY
from tests.provider import chat_api, responses_api
from tests.provider.script import Step, call_tool, fail, gate, raw, say, think
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, user_input

AGENTS = Path(__file__).parent / "agents_at_fault.py"
ERROR_SECONDS = 1.0 * BUSY


@pytest.fixture(params=["responses", "chat_completions"])
def settings(request: pytest.FixtureRequest, provided: Settings) -> Settings:
    api: Literal["responses", "chat_completions"] = request.param
    return provided.model_copy(update={"agent": f"{AGENTS}:agent", "openai_api": api})


TEXTS: dict[str, list[Step]] = {
    "text": [say("a", HALF, "b\0c")],
    "thought": [think(f"a{HALF}b\0c"), say("done")],
    "huge delta": [say("x" * 2_000_000)],
    "many deltas": [say(*["y"] * 2_000)],
}


@pytest.mark.proves("REL-21", "DB-27")
async def test_text_that_is_none_is_shown_as_far_as_it_is(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    for case, steps in TEXTS.items():
        provider.respond(*steps)

        events = await client.say(f"Go on with {case}")

        assert errors(events) == [], case
        assert events.text, case
        await consistent(client, provider, events)


ARGUMENTS: dict[str, Any] = {
    "half a pair": {"text": f"a{HALF}b\0c"},
    "no JSON": "{not json",
    "no object": "[1, 2]",
    "another type": {"text": 7},
    "huge": {"text": "x" * 1_000_000},
    "nested": "[" * 5_000,
    "nothing": "",
}


@pytest.mark.proves("REL-21")
async def test_arguments_of_any_kind_end_in_an_answer_or_a_sentence(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    for case, arguments in ARGUMENTS.items():
        await called(client, provider, case, call_tool("echo", arguments))


RETURNED = ("huge", "half", "opaque", "object", "bytes", "nothing", "not a number", "nested", "set", "dict")


@pytest.mark.proves("REL-21")
async def test_a_tool_may_return_anything(client: ChatKitClient, provider: FakeProvider) -> None:
    for kind in RETURNED:
        await called(client, provider, kind, call_tool("odd", {"kind": kind}))


async def called(client: ChatKitClient, provider: FakeProvider, case: str, call: Step) -> None:
    """Check that a call of a tool ends in an answer, or in one sentence that keeps what was said."""
    provider.respond(say("Let me see."), call)
    provider.respond(say("So it is."))

    events = await client.say(f"Go on with {case}")

    assert events.text == "Let me see.So it is." or len(errors(events)) == 1, (case, errors(events))
    assert events.text.startswith("Let me see."), case
    await consistent(client, provider, events)


@pytest.mark.proves("REL-21")
async def test_a_tool_may_stream_anything(client: ChatKitClient, provider: FakeProvider) -> None:
    for kind in ("progress", "notice", "effect", "numbers", "deep"):
        provider.respond(say("Let me see."), call_tool("show", {"kind": kind}))
        provider.respond(say("So it is."))

        events = await client.say(f"Go on with {kind}")

        assert events.text == "Let me see.So it is.", kind
        assert errors(events) == [], kind
        await consistent(client, provider, events)


EVENTS = {
    "no JSON": b"data: {not json\n\n",
    "null": b"data: null\n\n",
    "a number": b"data: 7\n\n",
    "a type that is none": b'data: {"type": 7}\n\n',
    "fields missing": b'data: {"type": "response.output_text.delta"}\n\n',
    "other fields": b'data: {"type": "response.output_text.delta", "delta": {"a": [1]}, "item_id": 7}\n\n',
    "choices that are none": b'data: {"choices": 7}\n\n',
    "odd content": b'data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n\n',
    "an empty call": b'data: {"choices": [{"delta": {"tool_calls": [{}]}}]}\n\n',
    "no UTF-8": b"data: \xff\xfe\n\n",
    "nested": b"data: " + b"[" * 100_000 + b"\n\n",
    "no event": b"\x00\x01\x02\n\n",
    "a huge comment": b": " + b"x" * 1_000_000 + b"\n\n",
}


@pytest.mark.proves("REL-21")
async def test_an_event_that_is_none_is_passed_over_or_ends_in_a_sentence(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    for case, data in EVENTS.items():
        provider.respond(say("Once upon", gate(case), raw(data), " a time"))
        async with client.stream("threads.create", input=user_input(f"A story of {case}")) as events:
            await events.until_text("Once upon")
            began = time.monotonic()
            provider.release(case)
            await events.rest()

        assert time.monotonic() - began <= ERROR_SECONDS, case
        assert events.text == "Once upon a time" or len(errors(events)) == 1, (case, errors(events))
        assert events.text.startswith("Once upon"), case
        await consistent(client, provider, events)


STRAY = (b"null", b"{}", b"[]", b'"', b"\n\n", b"-1", b"\\ud83d")


def broken(random: Random, whole: bytes) -> bytes:
    """Return a stream with something wrong in it."""
    place, length = random.randrange(len(whole)), random.randrange(1, 60)
    return random.choice(
        (
            whole[:place],
            whole[:place] + whole[place + length :],
            whole[:place] + whole[place : place + length] + whole[place:],
            whole[:place] + random.randbytes(random.randrange(1, 8)) + whole[place + 1 :],
            whole[:place]
            + random.choice((b"null", b"{}", b"[]", b'"', b"\n\n", b"-1", b"\\ud83d"))
            + whole[place:],
        )
    )


@pytest.mark.proves("REL-21")
async def test_a_stream_that_is_broken_anywhere_ends_in_an_answer_or_a_sentence(
    client: ChatKitClient, provider: FakeProvider, settings: Settings, table: Table
) -> None:
    api = responses_api if settings.openai_api == "responses" else chat_api
    reply = (
        [think("First I look"), say("Once upon", " a time")]
        if api is responses_api
        else [say("Once", " upon")]
    )
    frames = [frame for frame in api.stream(reply, "resp_x", {}) if isinstance(frame, bytes)]
    random = Random(7)
    for case in range(PROVIDER_CASES):
        stream = broken(random, b"".join(frames))
        provider.respond(raw(stream))

        events = await client.say(f"Story {case}")

        assert len(errors(events)) <= 1, stream
        assert not errors(events) or events.seen[-1]["type"] == "error", stream
        assert not events.text or events.done_items("assistant_message"), stream
        await agree(client, events)
        provider._queue.clear()
    await consistent(client, provider, events)
    table.row("REL-21", f"a provider's stream broken anywhere, {settings.openai_api}", PROVIDER_CASES, [])


@pytest.mark.proves("REL-21")
async def test_an_error_in_the_stream_is_said_with_the_right_offer(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    for code, retry in (("rate_limit_exceeded", True), ("server_error", True), ("invalid_prompt", False)):
        provider.respond(say("Once upon"), fail(code))

        events = await client.say(f"A story of {code}")

        assert events.text == "Once upon"
        assert len(errors(events)) == 1
        assert events.seen[-1].get("allow_retry", False) is retry, code
        await consistent(client, provider, events)
