"""Messages: our own ids, one story from added to done, nothing lost and nothing left over."""

from typing import Any, cast

import pytest
from agents import RawResponsesStreamEvent
from openai.types.responses import Response, ResponseCompletedEvent, ResponseCreatedEvent

from tests.mapper.events import Api, model_events, tool_returned
from tests.mapper.mapped import BEGINNING, Mapped
from tests.provider import responses_api
from tests.provider.script import call_tool, next_part, refuse, say, stop_short, think

BOTH = pytest.mark.parametrize("api", ["responses", "chat_completions"])


@BOTH
def test_a_message_is_streamed_from_added_to_done(api: Api) -> None:
    run = Mapped()
    run.model(say("Hel", "lo"), api=api)
    assert run.kinds() == [
        "thread.item.added",
        "assistant_message.content_part.added",
        "assistant_message.content_part.text_delta",
        "assistant_message.content_part.text_delta",
        "assistant_message.content_part.done",
        "thread.item.done",
    ]
    assert run.finish().texts() == ["Hello"]


@pytest.mark.proves("T06")
@BOTH
def test_every_message_of_a_run_has_an_id_of_its_own(api: Api) -> None:
    run = Mapped()
    run.model(say("Let me look."), call_tool("look", call_id="call_1"), api=api)
    run.sdk(tool_returned("call_1"))
    run.model(say("And once more."), call_tool("look", call_id="call_1"), api=api)
    run.sdk(tool_returned("call_1"))
    run.model(say("Found."), api=api)
    page = run.finish()
    assert page.texts() == ["Let me look.", "And once more.", "Found."]
    assert len({item["id"] for item in page.of_type("assistant_message")}) == 3
    assert "__fake_id__" not in str(run.frames)


@pytest.mark.proves("T06")
def test_several_messages_in_one_response_do_not_run_together() -> None:
    run = Mapped()
    run.model(say("One"), say("Two"))
    assert run.finish().texts() == ["One", "Two"]


@pytest.mark.proves("UPD-3", "T04")
def test_the_time_of_a_message_is_taken_once_and_has_a_zone() -> None:
    run = Mapped()
    events = model_events(say("Hel", "lo"))
    for event in events:
        run.sdk(event)
        run.later(1)
    times = {frame["item"]["created_at"] for frame in run.frames if "item" in frame}
    assert len(times) == 1
    assert times.pop().endswith("Z")
    assert run.finish().of_type("assistant_message")[0]["created_at"] >= BEGINNING.isoformat()[:19]


@pytest.mark.proves("UPD-5")
def test_blank_parts_leave_no_gap_in_the_numbers() -> None:
    run = Mapped()
    run.model(say(" \n", next_part(), "Hello", next_part(), "", next_part(), "there"))
    assert [part["text"] for part in run.finish().of_type("assistant_message")[0]["content"]] == [
        "Hello",
        "there",
    ]


@pytest.mark.proves("EV-1")
@BOTH
@pytest.mark.parametrize("blank", ["", " ", "\n\n"])
def test_a_blank_message_leaves_nothing_behind(api: Api, blank: str) -> None:
    run = Mapped()
    run.model(say(blank), call_tool("look"), api=api)
    assert run.finish().texts() == []


def test_blanks_before_the_first_word_come_with_it() -> None:
    run = Mapped()
    run.model(say("\n", "  ", "Hello", " "))
    assert run.finish().texts() == ["\n  Hello "]
    assert run.kinds().count("assistant_message.content_part.text_delta") == 2


@pytest.mark.proves("MAP-5")
@BOTH
def test_a_refusal_is_streamed_and_stored_as_text(api: Api) -> None:
    run = Mapped()
    run.model(refuse("I will ", "not."), api=api)
    assert run.kinds().count("assistant_message.content_part.text_delta") == 2
    assert run.finish().texts() == ["I will not."]


def test_the_text_of_an_incomplete_response_stays() -> None:
    run = Mapped()
    run.model(say("Half a"), stop_short())
    assert run.interrupt().texts() == ["Half a"]


@pytest.mark.proves("EV-1", "ITEM-assistant_message-1")
@pytest.mark.parametrize("end", ["finish", "interrupt"])
def test_a_message_that_is_cut_ends_with_what_there_is(end: str) -> None:
    run = Mapped()
    events = model_events(say("Hel", "lo"))
    run.sdk(*events[: next(n for n, event in enumerate(events) if getattr(event.data, "delta", "") == "lo")])
    page = getattr(run, end)()
    assert page.texts() == ["Hel"]
    assert run.kinds()[-2:] == ["assistant_message.content_part.done", "thread.item.done"]
    assert not list(run.mapper.map(events[-1]))
    assert not list(run.mapper.finish())


def test_a_model_that_does_not_stream_is_shown_at_the_end_of_each_response() -> None:
    run = Mapped()
    for text in ("Hello", "Goodbye"):
        response = Response.model_validate(responses_api.body([think("Hm."), say(text)], "resp_1", {}))
        created = ResponseCreatedEvent(type="response.created", sequence_number=0, response=response)
        completed = ResponseCompletedEvent(type="response.completed", sequence_number=1, response=response)
        run.sdk(RawResponsesStreamEvent(created), RawResponsesStreamEvent(completed))
    assert run.finish().texts() == ["Hello", "Goodbye"]


def test_a_message_that_was_streamed_is_not_shown_again_if_the_whole_response_counts_otherwise() -> None:
    run = Mapped()
    events, call = model_events(say("Hello")), model_events(call_tool("look"))
    streamed, other = (cast("ResponseCompletedEvent", last.data).response for last in (events[-1], call[-1]))
    streamed.output = [*other.output, *streamed.output]
    run.sdk(*events)
    assert run.finish().texts() == ["Hello"]


def test_what_comes_of_a_message_after_its_end_is_not_another_message() -> None:
    run = Mapped()
    events = model_events(say("Hel", "lo"))
    run.sdk(*events[:-1], *events[4:-1])
    assert run.finish().texts() == ["Hello"]


def test_the_whole_text_counts_for_more_than_the_deltas() -> None:
    run = Mapped()
    for event in model_events(say("Helo")):
        data: Any = event.data
        for owner in (
            data,
            getattr(data, "part", None),
            *getattr(getattr(data, "item", None), "content", ()),
        ):
            if getattr(owner, "text", None):
                owner.text = "Hello"
        run.sdk(event)
    assert run.finish().texts() == ["Hello"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [("a\0b", "ab"), ("a\ud800b", "a\ufffdb"), ("\ud83d\ude00", "\U0001f600"), ("ж\0ж", "жж")],
)
def test_what_neither_json_nor_postgres_can_carry_is_left_out(said: str, shown: str) -> None:
    run = Mapped()
    for event in model_events(say("text")):
        if event.data.type == "response.output_text.delta":
            event.data.delta = said
            run.sdk(event)
    assert run.finish().texts() == [shown]
