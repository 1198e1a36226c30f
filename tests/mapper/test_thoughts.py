"""Reasoning: every thought streams, workflows are closed by what becomes visible, bytes stay in bounds."""

import json

import pytest
from agents import RawResponsesStreamEvent
from openai.types.responses import ResponseReasoningSummaryTextDeltaEvent

from tests.mapper.events import Api, model_events, tool_returned
from tests.mapper.mapped import BEGINNING, Mapped
from tests.provider.script import call_tool, next_part, say, think

BOTH = pytest.mark.parametrize("api", ["responses", "chat_completions"])


@pytest.mark.proves("MAP-2")
def test_every_thought_streams() -> None:
    run = Mapped()
    run.model(think("First ", "this.", next_part(), "Then ", "that."), think("At ", "last."), say("Done."))
    updates = [frame["update"] for frame in run.frames if "task" in frame.get("update", {})]
    contents = [(update["task_index"], update["task"]["content"]) for update in updates]
    for step in [(0, "First this."), (1, "Then "), (1, "Then that."), (2, "At "), (2, "At last.")]:
        assert step in contents
    page = run.finish()
    assert page.outline() == ["workflow: First this.|Then that.|At last.", "message: Done."]
    assert page.of_type("workflow")[0]["workflow"]["type"] == "reasoning"


@BOTH
@pytest.mark.parametrize("plainly", [True, False])
def test_reasoning_text_becomes_a_thought_too(api: Api, plainly: bool) -> None:
    run = Mapped()
    run.model(think("Hm, ", "well.", plainly=plainly), say("Done."), api=api)
    assert run.finish().outline() == ["workflow: Hm, well.", "message: Done."]


@pytest.mark.proves("MAP-4")
def test_a_workflow_is_closed_when_text_begins_and_says_how_long_it_took() -> None:
    run = Mapped()
    events = model_events(think("Hm."), say("Done."))
    for event in events:
        run.sdk(event)
        if event.data.type == "response.reasoning_summary_part.done":
            run.later(7.9)
    done = run.kinds().index("thread.item.done")
    assert run.frames[done]["item"]["workflow"]["summary"] == {"duration": 7}
    assert run.frames[done + 1]["item"]["type"] == "assistant_message"


def test_the_time_counts_from_where_the_model_began_to_think() -> None:
    run = Mapped()
    for event in model_events(think("Hm."), say("Done.")):
        run.sdk(event)
        if event.data.type == "response.output_item.added":
            run.later(5)
    (workflow,) = run.finish().of_type("workflow")
    assert workflow["created_at"] == BEGINNING.isoformat().replace("+00:00", "Z")
    assert workflow["workflow"]["summary"]["duration"] >= 5


@pytest.mark.proves("MAP-4", "ITEM-workflow-1")
@pytest.mark.parametrize("end", ["finish", "interrupt"])
def test_a_workflow_still_open_at_the_end_is_closed_with_an_event(end: str) -> None:
    run = Mapped()
    events = model_events(think("Hm, ", "well."))
    run.sdk(*events[:6])
    page = getattr(run, end)()
    assert run.kinds()[-1] == "thread.item.done"
    assert page.tasks()[0]["status_indicator"] in ("complete", "none")


@pytest.mark.proves("MAP-3")
def test_each_stretch_of_thinking_is_a_workflow_of_its_own() -> None:
    run = Mapped()
    run.model(think("One."), say("First."))
    run.model(think("Two."), say("Second."))
    page = run.finish()
    assert page.outline() == ["workflow: One.", "message: First.", "workflow: Two.", "message: Second."]
    assert len(page.items) == 4


def test_thinking_before_and_after_a_tool_is_one_workflow() -> None:
    run = Mapped()
    run.model(think("I need it."), call_tool("get_weather"))
    run.sdk(tool_returned("call_1"))
    run.model(think("I have it."), say("Sunny."))
    assert run.finish().outline() == ["workflow: I need it.|Get weather|I have it.", "message: Sunny."]


@pytest.mark.proves("T26")
def test_equal_thoughts_keep_their_own_places() -> None:
    run = Mapped()
    run.model(think("Hm.", next_part(), "Hm.", next_part(), "Hm."), say("Done."))
    indices = [frame["update"]["task_index"] for frame in run.frames if "task" in frame.get("update", {})]
    assert set(indices) == {0, 1, 2}
    assert [task["content"] for task in run.finish().tasks()] == ["Hm."] * 3


def test_reasoning_without_a_word_shows_nothing() -> None:
    run = Mapped()
    run.model(think(""), think(" \n"), say("Done."))
    assert run.finish().outline() == ["message: Done."]


def test_thoughts_that_were_not_streamed_are_shown_at_their_end() -> None:
    run = Mapped()
    done = [
        event for event in model_events(think("One.", next_part(), "Two.")) if "item.done" in event.data.type
    ]
    run.sdk(*done)
    assert run.finish().outline() == ["workflow: One.|Two."]


def test_a_thought_that_goes_on_after_text_goes_on_in_another_workflow() -> None:
    run = Mapped()
    thinking, saying = model_events(think("Hm, ", "well.", plainly=True)), model_events(say("Text."))
    middle = 4
    run.sdk(*thinking[:middle], *saying[2:-1], *thinking[middle:])
    assert run.finish().outline() == ["workflow: Hm, ", "message: Text.", "workflow: well."]


def test_a_long_thought_costs_bytes_in_proportion_to_its_length() -> None:
    words, word = 20_000, "word "
    run = Mapped()
    sent = 0
    for number in range(words):
        event = ResponseReasoningSummaryTextDeltaEvent(
            type="response.reasoning_summary_text.delta",
            item_id="rs_1",
            output_index=0,
            summary_index=0,
            sequence_number=number,
            delta=word,
        )
        for frame in run.mapper.map(RawResponsesStreamEvent(event)):
            sent += len(frame.model_dump_json())
    last = list(run.mapper.finish())[-1]
    assert json.loads(last.model_dump_json())["item"]["workflow"]["tasks"][0]["content"] == word * words
    assert sent < 150 * words * len(word)
