"""`TranscriptSession` is a session as the Agents SDK documents it."""

from typing import Any

import pytest
from agents import Agent, RunConfig, Runner, function_tool
from agents.memory import Session, SessionSettings
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from app.db.engine import Database
from app.errors import NotFound
from app.ids import ThreadId, TurnId, UserId
from app.transcripts import TranscriptSession
from tests.transcripts.remembering import OWNER, THREAD, Memory, assert_acceptable, assistant, user

QUIET = RunConfig(tracing_disabled=True)


@function_tool
async def weather(city: str) -> str:
    """Tell the weather."""
    return f"sunny in {city}"


@pytest.fixture
def session(memory: Memory) -> TranscriptSession:
    return TranscriptSession(memory.database, THREAD, OWNER)


def asking(model: ScriptedModel) -> Agent[Any]:
    return Agent(name="agent", model=model, tools=[weather])


def test_it_is_a_session(session: TranscriptSession) -> None:
    assert isinstance(session, Session)
    assert session.session_id == THREAD


async def test_items_come_back_as_they_were_added_in_order(session: TranscriptSession) -> None:
    added: list[Any] = [user("one"), {**assistant("two"), "id": "msg_1", "type": "message"}, user("three")]
    await session.add_items(added[:2])
    await session.add_items(added[2:])

    assert await session.get_items() == added


@pytest.mark.parametrize(("limit", "count"), [(None, 4), (2, 2), (4, 4), (99, 4), (0, 0), (-1, 0)])
async def test_a_limit_gives_the_latest_items_oldest_first(
    session: TranscriptSession, limit: int | None, count: int
) -> None:
    added: list[Any] = [user(str(number)) for number in range(4)]
    await session.add_items(added)

    assert await session.get_items(limit) == added[4 - count :]


async def test_the_limit_of_the_settings_holds_unless_one_is_given(memory: Memory) -> None:
    session = TranscriptSession(memory.database, THREAD, OWNER, session_settings=SessionSettings(limit=1))
    added: list[Any] = [user("one"), user("two")]
    await session.add_items(added)

    assert await session.get_items() == added[1:]
    assert await session.get_items(2) == added


async def test_popping_removes_the_latest_item_until_there_is_none(session: TranscriptSession) -> None:
    added: list[Any] = [user("one"), user("two")]
    await session.add_items(added)

    assert [await session.pop_item() for _ in range(3)] == [added[1], added[0], None]
    assert await session.get_items() == []


async def test_damaged_rows_are_neither_returned_nor_counted(
    session: TranscriptSession, memory: Memory
) -> None:
    added: list[Any] = [user("one"), user("two")]
    await session.add_items(added)
    await memory.damage(900, "damaged")

    assert await session.get_items(2) == added
    assert await session.pop_item() == added[1]
    assert await session.get_items() == added[:1]


async def test_clearing_leaves_nothing(session: TranscriptSession) -> None:
    await session.add_items([{"role": "user", "content": "one"}])
    await session.clear_session()

    assert await session.get_items() == []
    assert await session.pop_item() is None


async def test_adding_nothing_is_no_error(session: TranscriptSession) -> None:
    await session.add_items([])

    assert await session.get_items() == []


@pytest.mark.parametrize("thread_id", [THREAD, ThreadId("thr_none")])
async def test_a_thread_of_someone_else_is_not_found(
    database: Database, memory: Memory, thread_id: ThreadId
) -> None:
    await memory.remember("turn_1", user("mine"))
    intruder = TranscriptSession(database, thread_id, UserId("user_other"))

    with pytest.raises(NotFound):
        await intruder.add_items([{"role": "user", "content": "injected"}])
    await intruder.clear_session()
    assert await intruder.pop_item() is None
    assert await intruder.get_items() == []
    assert await memory.load() == [user("mine")]


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_second_run_remembers_the_tools_of_the_first(
    session: TranscriptSession, streamed: bool
) -> None:
    model = ScriptedModel(
        [
            [function_call("weather", {"city": "Riga"}, call_id="c1")],
            [assistant_message("It is sunny.")],
            [assistant_message("As I said: sunny.")],
        ]
    )
    for question in ("Weather in Riga?", "Really?"):
        if streamed:
            result = Runner.run_streamed(asking(model), question, session=session, run_config=QUIET)
            async for _ in result.stream_events():
                pass
        else:
            await Runner.run(asking(model), question, session=session, run_config=QUIET)

    last = model.last_call
    assert last is not None
    assert [item.get("output") for item in last.input if item.get("type") == "function_call_output"] == [
        "sunny in Riga"
    ]
    assert len(await session.get_items()) == 6


async def test_a_turn_can_go_on_from_what_a_session_wrote(session: TranscriptSession, memory: Memory) -> None:
    calls = [function_call("weather", {"city": "Riga"}, call_id="c1")]
    model = ScriptedModel([calls, [assistant_message("It is sunny.")]])
    await Runner.run(asking(model), "Weather?", session=session, run_config=QUIET)

    history = await memory.load()

    assert_acceptable(history)
    assert [item.get("content") or item.get("output") for item in history] == [
        "Weather?",
        None,
        "sunny in Riga",
        "It is sunny.",
    ]


async def test_a_failed_run_leaves_a_session_that_can_go_on(
    session: TranscriptSession, memory: Memory
) -> None:
    failing = ScriptedModel(
        [[function_call("weather", {"city": "Riga"}, call_id="c1")], ModelStep.raise_error(RuntimeError())]
    )
    with pytest.raises(RuntimeError):
        await Runner.run(asking(failing), "Weather?", session=session, run_config=QUIET)
    model = ScriptedModel([[assistant_message("Here I am.")]])
    await Runner.run(asking(model), "Still there?", session=session, run_config=QUIET)

    assert_acceptable(await memory.load())
    assert (await session.get_items())[-1].get("role") == "assistant"


async def test_items_can_be_tied_to_a_turn(memory: Memory) -> None:
    session = TranscriptSession(memory.database, THREAD, OWNER, turn_id=TurnId("turn_7"))
    await session.add_items([{"role": "user", "content": "one"}])

    assert [row.turn_id for row in await memory.rows()] == ["turn_7"]
