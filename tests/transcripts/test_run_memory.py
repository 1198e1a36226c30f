"""What is remembered of a run, for each way in which it can end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrail,
    ModelBehaviorError,
    OutputGuardrail,
    RunConfig,
    Runner,
    RunResultStreaming,
    Tool,
    function_tool,
)
from agents.items import TResponseStreamEvent
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call
from agents.testing.model import ModelCall
from openai.types.responses import (
    ResponseContentPartAddedEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseOutputText,
    ResponseTextDeltaEvent,
)

from app.transcripts import Cut, RunMemory, remembered
from app.transcripts.pairing import Entry, paired
from app.transcripts.portable import portable
from tests.transcripts.remembering import assert_acceptable, user

QUESTION: Any = user("question")


@function_tool
async def quick(x: int) -> str:
    """A tool that answers at once."""
    return "quick result"


@function_tool(failure_error_function=None)
async def broken(x: int) -> str:
    """A tool that raises."""
    raise ValueError(x)


@dataclass
class Endless:
    """A tool that never answers; `started` tells that it runs."""

    started: asyncio.Event

    def tool(self) -> Tool:
        @function_tool(name_override="endless")
        async def endless(x: int) -> str:
            """Wait for ever."""
            self.started.set()
            await asyncio.Event().wait()
            return "never"

        return endless


def step(*names: str, text: str | None = None) -> list[Any]:
    said = [assistant_message(text)] if text else []
    return [*said, *(function_call(name, {"x": 1}, call_id=f"call_{name}") for name in names)]


async def run(
    steps: Sequence[Any],
    *tools: Tool,
    cut: Cut | None = None,
    stop: Callable[[Any], bool] = lambda event: False,
    **agent_options: Any,
) -> tuple[list[Any], Exception | None]:
    """Run an agent to its end, or to where `stop` says; return what to remember, and how it failed."""
    agent = Agent(name="agent", model=ScriptedModel(steps), tools=list(tools), **agent_options)
    result = Runner.run_streamed(agent, [QUESTION], run_config=RunConfig(tracing_disabled=True), max_turns=3)
    return await collect(result, cut, stop)


async def collect(
    result: RunResultStreaming, cut: Cut | None, stop: Callable[[Any], bool]
) -> tuple[list[Any], Exception | None]:
    memory, failure = RunMemory([QUESTION]), None
    try:
        async for event in result.stream_events():
            memory.observe(event)
            if stop(event):
                result.cancel()
    except Exception as error:
        failure = error
    items: list[Any] = list(memory.items(result, cut))
    assert_acceptable(paired([Entry(seq, item) for seq, row in enumerate(items) for item in portable(row)]))
    return items, failure


def read(items: Sequence[Any]) -> list[Any]:
    """What a model makes of the items: text, or name, or output."""
    sent = [item for row in items for item in portable(row)]
    return [item.get("content") or item.get("name") or item["output"] for item in sent]


def is_raw(event: Any, name: str) -> bool:
    return event.type == "raw_response_event" and event.data.type == name


def is_item(event: Any, name: str) -> bool:
    return event.type == "run_item_stream_event" and event.name == name


async def test_a_completed_run_is_remembered_with_its_tools() -> None:
    items, failure = await run([step("quick", text="let me see"), step(text="it is so")], quick)

    assert failure is None
    assert read(items) == ["question", "let me see", "quick", "quick result", "it is so"]


@pytest.mark.proves("ITEM-assistant_message-1")
async def test_a_stop_in_the_first_words_keeps_them_and_says_so() -> None:
    words = step(text="one two three")
    items, _ = await run([words], cut="cancelled", stop=lambda e: is_raw(e, "response.output_text.delta"))

    assert read(items) == ["question", "one two three\n\n[The user stopped the answer here.]"]


async def test_a_stop_before_the_first_word_is_remembered() -> None:
    items, _ = await run([step(text="one")], cut="cancelled", stop=lambda e: is_raw(e, "response.created"))

    assert read(items) == ["question", "[The user stopped this before there was an answer.]"]


async def test_a_stop_in_the_second_step_keeps_the_first() -> None:
    seen: list[Any] = []

    def in_second(event: Any) -> bool:
        seen.extend([event] if is_raw(event, "response.output_text.delta") else [])
        return len(seen) == 2

    steps = [step("quick", text="first"), step(text="second")]
    items, _ = await run(steps, quick, cut="cancelled", stop=in_second)

    assert read(items)[:4] == ["question", "first", "quick", "quick result"]
    assert read(items)[4].startswith("second\n\n[The user stopped")


async def test_a_stop_while_a_tool_runs_keeps_the_text_and_answers_the_calls() -> None:
    endless = Endless(asyncio.Event())
    agent = Agent(
        name="agent",
        model=ScriptedModel([step("quick", "endless", text="let me see")]),
        tools=[quick, endless.tool()],
    )
    result = Runner.run_streamed(agent, [QUESTION], run_config=RunConfig(tracing_disabled=True))

    async def stop_when_started() -> None:
        await endless.started.wait()
        result.cancel()

    stopping = asyncio.create_task(stop_when_started())
    items, _ = await collect(result, "cancelled", lambda event: False)
    await stopping

    assert read(items)[:4] == ["question", "let me see", "quick", "endless"]
    assert all(text.startswith("[No result:") for text in read(items)[4:6])
    assert read(items)[6] == "[The user stopped the answer here.]"


async def test_a_message_that_was_finished_in_a_response_that_was_not_is_kept() -> None:
    def stop(event: Any) -> bool:
        return is_raw(event, "response.function_call_arguments.delta")

    items, _ = await run([step("quick", text="let me see")], quick, cut="cancelled", stop=stop)

    assert read(items) == ["question", "let me see\n\n[The user stopped the answer here.]"]


async def test_two_messages_of_a_response_that_was_cut_do_not_run_into_each_other() -> None:
    two = [assistant_message("one"), assistant_message("two"), function_call("quick", {"x": 1}, call_id="c")]
    items, _ = await run(
        [two], quick, cut="cancelled", stop=lambda e: is_raw(e, "response.function_call_arguments.delta")
    )

    assert read(items)[1].startswith("one\n\ntwo\n\n[")


async def test_a_provider_error_in_the_second_step_keeps_the_first() -> None:
    steps = [step("quick", text="first"), ModelStep.raise_error(RuntimeError("down"))]
    items, failure = await run(steps, quick, cut="failed")

    assert isinstance(failure, RuntimeError)
    assert read(items) == ["question", "first", "quick", "quick result", "[An error ended the answer here.]"]


async def test_a_stream_that_breaks_off_keeps_what_was_said() -> None:
    heard: list[Any] = []
    all_heard = asyncio.Event()

    def listen(event: Any) -> bool:
        heard.extend([event] if is_raw(event, "response.output_text.delta") else [])
        if len(heard) == 2:
            all_heard.set()
        return False

    async def breaking(call: ModelCall) -> AsyncIterator[TResponseStreamEvent]:
        message = ResponseOutputMessage(
            id="m", type="message", role="assistant", status="in_progress", content=[]
        )
        place: dict[str, Any] = {"item_id": "m", "output_index": 0, "sequence_number": 0}
        yield ResponseOutputItemAddedEvent(
            type="response.output_item.added", item=message, output_index=0, sequence_number=0
        )
        part = ResponseOutputText(type="output_text", text="", annotations=[])
        yield ResponseContentPartAddedEvent(
            type="response.content_part.added", part=part, content_index=0, **place
        )
        for word in ("half ", "of it"):
            yield ResponseTextDeltaEvent(
                type="response.output_text.delta", delta=word, content_index=0, logprobs=[], **place
            )
        await all_heard.wait()
        raise ConnectionError

    items, failure = await run([ModelStep.stream(breaking)], cut="failed", stop=listen)

    assert isinstance(failure, ConnectionError)
    assert read(items) == ["question", "half of it\n\n[An error ended the answer here.]"]


async def test_a_tool_that_raises_leaves_no_call_unanswered() -> None:
    items, failure = await run([step("quick", "broken", text="let me see")], quick, broken, cut="failed")

    assert failure is not None
    assert read(items)[:4] == ["question", "let me see", "quick", "broken"]
    assert "quick result" in read(items)
    assert read(items)[-1] == "[An error ended the answer here.]"


async def test_a_tool_that_does_not_exist_is_not_remembered_as_called() -> None:
    items, failure = await run([step("nothing", text="let me see")], cut="failed")

    assert isinstance(failure, ModelBehaviorError)
    assert read(items) == ["question", "let me see\n\n[An error ended the answer here.]"]


async def test_too_many_steps_keep_every_finished_one() -> None:
    steps = [[function_call("quick", {"x": number}, call_id=f"call_{number}")] for number in range(4)]
    items, failure = await run(steps, quick, cut="failed")

    assert failure is not None
    assert read(items).count("quick result") == 3
    assert read(items)[-1] == "[An error prevented an answer.]"


@pytest.mark.proves("T16")
async def test_a_refusal_is_remembered_as_the_answer_it_was() -> None:
    refusal = ResponseOutputMessage(
        id="m",
        type="message",
        role="assistant",
        status="completed",
        content=[ResponseOutputRefusal(type="refusal", refusal="I cannot help with that.")],
    )
    items, failure = await run([[refusal]], cut="failed")

    assert failure is not None
    assert read(items) == ["question", "I cannot help with that."]


async def _trip(*_: Any) -> GuardrailFunctionOutput:
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=True)


@pytest.mark.proves("T17")
async def test_a_question_that_a_guardrail_refused_is_not_remembered() -> None:
    items, failure = await run([step(text="no")], cut="failed", input_guardrails=[InputGuardrail(_trip)])

    assert failure is not None
    assert items == []


@pytest.mark.proves("T17")
async def test_an_answer_that_a_guardrail_withheld_is_not_remembered() -> None:
    steps = [step("quick", text="let me see"), step(text="the secret")]
    items, failure = await run(steps, quick, cut="failed", output_guardrails=[OutputGuardrail(_trip)])

    assert failure is not None
    assert read(items)[:4] == ["question", "let me see", "quick", "quick result"]
    assert read(items)[4:] == ["[The answer was withheld by a rule of this service.]"]


def test_a_turn_whose_process_died_is_remembered_from_its_text_alone() -> None:
    assert read(remembered(None, [QUESTION], "half an ans", "interrupted")) == [
        "question",
        "half an ans\n\n[A restart of the server ended the answer here.]",
    ]
    assert read(remembered(None, [QUESTION], None, "interrupted"))[1].startswith("[A restart")
