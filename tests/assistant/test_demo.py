"""The demo: what it says, that it streams as a provider does, and that the rest of the server takes it."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import openai
import pytest
from agents import Agent, ModelRefusalError, ModelSettings, Runner
from agents.models.interface import ModelTracing
from chatkit.types import (
    AssistantMessageItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WorkflowItem,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.responses import ResponseCompletedEvent, ResponseStreamEvent
from pydantic import TypeAdapter

from app.assistant import RequestContext
from app.assistant.demo import DemoModel, demo_assistant
from app.assistant.demo.conversation import read_conversation
from app.assistant.demo.replies import reply_to, title_for
from app.assistant.titles import propose_title
from app.ids import ThreadId
from app.transcripts import RunMemory
from app.transcripts.pairing import Entry, paired
from app.transcripts.portable import portable
from app.turns.mapper import EventMapper

COMMANDS = ["help", "think", "weather Oslo", "time Tokyo", "table", "code", "list", "links", "long", "memory"]
COMMANDS += ["models", "mention"]
COMMANDS += ["search cats", "cite", "image"]
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


class Chat:
    """A conversation with the demo as turns hold it: memory, mapper and all."""

    def __init__(self) -> None:
        self.assistant = demo_assistant(word_seconds=0)
        self.history: list[Any] = []
        self.events: list[Any] = []
        self.shown: list[ThreadStreamEvent] = []

    async def say(self, text: str) -> str:
        """Send a message; return the text of the answer as the page shows it."""
        question: list[Any] = [{"role": "user", "content": text}]
        assert isinstance(self.assistant.agent, Agent)
        result = Runner.run_streamed(
            self.assistant.agent,
            [*self.history, *question],
            run_config=self.assistant.run_config(ThreadId("t")),
        )
        memory, mapper = RunMemory(question), new_mapper()
        self.events, self.shown = [], []
        failed = False
        try:
            async for event in result.stream_events():
                self.events.append(event)
                memory.observe(event)
                self.shown.extend(mapper.map(event))
        except Exception:
            failed = True
            raise
        finally:
            self.shown.extend(mapper.interrupt() if failed else mapper.finish())
            rows = self.history + list(memory.items(result, "failed" if failed else None))
            self.history = paired(
                [Entry(seq, item) for seq, row in enumerate(rows) for item in portable(row)]
            )
        return "\n".join(item.content[0].text for item in self.done(AssistantMessageItem))

    def done(self, kind: Any) -> list[Any]:
        return [e.item for e in self.shown if isinstance(e, ThreadItemDoneEvent) and isinstance(e.item, kind)]


def new_mapper() -> EventMapper:
    numbers = count()
    thread = ThreadMetadata(id="thr_1", created_at=datetime.now(UTC))
    return EventMapper(
        thread, new_item_id=lambda kind: f"{kind}_{next(numbers)}", now=lambda: datetime.now(UTC)
    )


def reply(*questions: str) -> str:
    return reply_to(read_conversation([{"role": "user", "content": text} for text in questions]), ()).text


@pytest.mark.parametrize(
    "first", ["Hello", "Wie geht's?", "/table", "/think", "What is the weather in Oslo?", "🙂"]
)
async def test_the_first_answer_says_that_it_is_a_demo_and_how_to_get_a_real_model(first: str) -> None:
    answer = await Chat().say(first)

    assert "I am the demo model" in answer
    assert "OPENAI_API_KEY" in answer
    assert "CHATKIT_AGENT" in answer


async def test_it_introduces_itself_once() -> None:
    chat = Chat()
    await chat.say("Hello")

    assert "I am the demo model" not in await chat.say("Hello")


async def test_a_first_answer_that_failed_leaves_the_introduction_for_the_next() -> None:
    chat = Chat()
    with pytest.raises(openai.APIConnectionError):
        await chat.say("/error")

    assert "I am the demo model" in await chat.say("Hello")


@pytest.mark.parametrize("command", COMMANDS)
async def test_help_lists_what_there_is_and_each_of_it_works(command: str) -> None:
    chat = Chat()
    assert f"`/{command.split()[0]}" in await chat.say("/help")

    assert len(await chat.say(f"/{command}")) > 20


@pytest.mark.parametrize("result", ["null", '{"error": "none"}', '{"width": "wide", "height": []}', "1", "["])
def test_a_page_that_does_not_know_its_size_is_no_trouble(result: str) -> None:
    items: list[Any] = [
        {"role": "user", "content": "/window"},
        {"type": "function_call_output", "call_id": "c", "output": result},
    ]

    assert "no such tool" in reply_to(read_conversation(items), {"window_size"}).text


@pytest.mark.parametrize(
    ("question", "tool"),
    [("/window", "window_size"), ("What size has the browser?", "window_size"), ("/order", "take_order")],
)
def test_it_asks_where_only_the_page_or_the_user_can_tell(question: str, tool: str) -> None:
    asked = reply_to(read_conversation([{"role": "user", "content": question}]), {tool})

    assert asked.call == (tool, "{}")


async def test_an_unknown_command_gets_help() -> None:
    assert "| `/think` |" in await Chat().say("/dance")


async def test_it_uses_a_real_tool_and_tells_the_result() -> None:
    chat = Chat()
    answer = await chat.say("What's the weather like in São Paulo today?")

    names = [event.name for event in chat.events if event.type == "run_item_stream_event"]
    assert names == ["tool_called", "tool_output", "message_output_created"]
    result = next(item["output"] for item in chat.history if item.get("type") == "function_call_output")
    assert f"In São Paulo: **{result}**." in answer


async def test_without_its_tools_it_says_so() -> None:
    answer = reply("/weather Oslo")

    assert "I was given no tool" in answer


async def test_thoughts_are_streamed_as_a_reasoning_workflow_before_the_answer() -> None:
    chat = Chat()
    await chat.say("/think")

    (workflow,) = chat.done(WorkflowItem)
    assert workflow.workflow.type == "reasoning"
    assert len(workflow.workflow.tasks) == 3
    assert [e.item.type for e in chat.shown if isinstance(e, ThreadItemDoneEvent)] == [
        "workflow",
        "assistant_message",
    ]


async def test_it_remembers_what_was_said_before() -> None:
    chat = Chat()
    for text in ("Hello", "My name is *Ada*", "/weather Oslo"):
        await chat.say(text)

    answer = await chat.say("What do you remember?")

    assert "1. *Hello*\n2. *My name is Ada*\n3. */weather Oslo*" in answer
    assert "*What do you remember?*" in await chat.say("And now something else entirely.")


async def test_markdown_of_every_kind_can_be_had() -> None:
    assert "|---|" in reply("/table")
    assert "```python" in reply("/code")
    assert "   - " in reply("/list")
    assert "](https://" in reply("/links")
    assert len(reply("/long").split()) > 400


async def test_an_answer_breaks_off_on_request_after_some_words() -> None:
    chat = Chat()
    with pytest.raises(openai.APIConnectionError):
        await chat.say("/error")

    (message,) = chat.done(AssistantMessageItem)
    assert message.content[0].text.startswith("This answer is going to break off")
    assert chat.history[-1]["role"] == "assistant"


async def test_it_refuses_on_request() -> None:
    chat = Chat()
    with pytest.raises(ModelRefusalError):
        await chat.say("/refuse")

    assert chat.history[-1]["content"].startswith("I am sorry")


async def test_it_streams_word_by_word() -> None:
    chat = Chat()
    answer = await chat.say("/table")

    deltas = [
        e.data.delta
        for e in chat.events
        if getattr(e, "data", None) and e.data.type == "response.output_text.delta"
    ]
    assert "".join(deltas) == answer
    assert all(len(delta.split()) == 1 for delta in deltas)


async def raw_events(*questions: str) -> AsyncIterator[Any]:
    items: list[Any] = [{"role": "user", "content": text} for text in questions]
    tools = list(demo_assistant().agent.tools)  # type: ignore[union-attr]
    stream = DemoModel(0).stream_response(
        None, items, ModelSettings(), tools, None, [], ModelTracing.DISABLED
    )
    async for event in stream:
        yield event


@pytest.mark.parametrize("command", [*COMMANDS, "refuse"])
async def test_the_stream_is_a_well_formed_response(command: str) -> None:
    events = [event async for event in raw_events(f"/{command}")]

    for event in events:
        assert EVENT.validate_python(event.model_dump()).type == event.type
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [event.type for event in events][:2] == ["response.created", "response.in_progress"]
    assert isinstance(events[-1], ResponseCompletedEvent)
    added = [event for event in events if event.type == "response.output_item.added"]
    done = [event for event in events if event.type == "response.output_item.done"]
    assert (
        [e.item.id for e in added] == [e.item.id for e in done] == [i.id for i in events[-1].response.output]
    )
    assert [e.output_index for e in added] == list(range(len(added)))
    assert events[-1].response.usage is not None


@pytest.mark.parametrize("command", COMMANDS[:3])
async def test_the_whole_reply_is_what_the_stream_adds_up_to(command: str) -> None:
    *_, last = [event async for event in raw_events(f"/{command}")]
    items: list[Any] = [{"role": "user", "content": f"/{command}"}]
    tools = list(demo_assistant().agent.tools)  # type: ignore[union-attr]
    whole = await DemoModel(0).get_response(
        None, items, ModelSettings(), tools, None, [], ModelTracing.DISABLED
    )

    def without_ids(output: Iterable[Any]) -> list[Any]:
        return [item.model_dump(exclude={"id", "call_id"}) for item in output]

    assert without_ids(whole.output) == without_ids(last.response.output)


def test_the_same_conversation_gets_the_same_words() -> None:
    assert reply("Hello", "what?") == reply("Hello", "what?")


@settings(deadline=None)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=4))
def test_whatever_is_written_gets_an_answer_in_which_it_can_do_no_harm(questions: list[str]) -> None:
    answer = reply(*questions)

    assert answer.strip()
    assert title_for(questions[-1]) is not None
    assert "<" not in answer


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("/weather Oslo", "Weather in Oslo"),
        ("/help", "What the demo can show"),
        ("My *own* words", "My own words"),
    ],
)
async def test_its_titles_are_always_the_same(context: RequestContext, question: str, title: str) -> None:
    assert await propose_title(demo_assistant(), question, context) == title
