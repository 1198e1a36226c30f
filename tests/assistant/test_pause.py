"""What a run stops for: the first thing it asks for, and whose call it was."""

import pytest
from chatkit.agents import ClientToolCall
from chatkit.types import StructuredInputFreeform, ThreadStreamEvent

from app.assistant.agent_context import AgentContext
from app.assistant.pause import ModelCall, Pause
from tests.mapper.contexts import agent_context

FIRST, SECOND = ModelCall("call_1", "first"), ModelCall("call_2", "second")
NAME = StructuredInputFreeform(id="name", question="Your name?")


def asking(pause: Pause) -> tuple[AgentContext, list[ThreadStreamEvent]]:
    shown: list[ThreadStreamEvent] = []
    return agent_context(shown.append, pause=pause), shown


@pytest.mark.proves("T11")
def test_the_call_in_which_a_tool_was_asked_for_is_known_whatever_its_name() -> None:
    pause = Pause()
    context, _ = asking(pause)
    first, second = context.during(FIRST), context.during(SECOND)

    second.client_tool_call = ClientToolCall(name="on_the_page", arguments={})
    first.thread.metadata["touched"] = True

    assert (pause.call_id, pause.outputs) == ("call_2", {"call_2": None})
    assert second.thread.metadata["touched"]


def test_a_tool_may_change_its_mind_about_its_own_call() -> None:
    pause = Pause()
    context = asking(pause)[0].during(FIRST)

    context.call_client_tool("on_the_page", {"page": 1})
    context.call_client_tool("on_the_page", {"page": 2})

    assert pause.client_tool == ClientToolCall(name="on_the_page", arguments={"page": 2})
    assert pause.outputs == {"call_1": None}


async def test_questions_after_a_call_and_a_call_after_questions_are_too_many() -> None:
    for questions_first in (True, False):
        pause = Pause()
        context, shown = asking(pause)
        first, second = context.during(FIRST), context.during(SECOND)
        if questions_first:
            await first.ask(NAME)
            second.call_client_tool("on_the_page")
        else:
            first.call_client_tool("on_the_page")
            await second.ask(NAME)

        assert len(shown) == questions_first
        assert bool(pause.client_tool) is not questions_first
        assert "one thing at a time" in str(pause.outputs["call_2"])


def test_a_context_that_is_not_of_a_call_is_matched_by_the_name() -> None:
    pause = Pause()
    context, _ = asking(pause)
    context.during(FIRST)
    context.during(SECOND)

    context.client_tool_call = ClientToolCall(name="first", arguments={})

    assert pause.call_id == "call_1"


def test_outside_of_a_tool_nothing_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    pause = Pause()
    asking(pause)[0].call_client_tool("on_the_page")

    assert pause.client_tool is None
    assert "ignored" in caplog.text
