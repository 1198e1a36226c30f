"""What a model is sent of a thread's past."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.ids import ThreadId, UserId
from app.transcripts import Transcripts, rows
from tests.transcripts.remembering import OWNER, THREAD, Memory, assistant, call, output, user

MemoryOf = Callable[[int], Memory]


def batched(rows: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(rows[::2], rows[1::2], strict=True))


def texts(items: list[Any]) -> list[str]:
    return [item.get("content") or item.get("output") or item["name"] for item in items]


async def test_a_new_thread_has_no_history(memory: Memory) -> None:
    assert await memory.load() == []


async def test_turns_come_back_in_order_with_their_tool_calls(memory: Memory) -> None:
    await memory.remember("turn_1", user("weather?"), call("c1"), output("c1"), assistant("sunny"))
    await memory.remember("turn_2", user("thanks"), assistant("welcome"))

    assert texts(await memory.load()) == ["weather?", "weather", "sunny", "sunny", "thanks", "welcome"]


@pytest.mark.proves("ITEM-any-1")
async def test_every_row_of_a_turn_carries_its_id(memory: Memory) -> None:
    await memory.remember("turn_1", user("weather?"), call("c1"), output("c1"), assistant("sunny"))

    assert [row.turn_id for row in await memory.rows()] == ["turn_1"] * 4
    assert [row.seq for row in await memory.rows()] == [1, 2, 3, 4]


async def test_the_oldest_turns_are_left_out_whole(memory_of: MemoryOf) -> None:
    memory = memory_of(100)
    for number in range(10):
        await memory.remember(f"turn_{number}", user(f"question {number} " + "x" * 60), assistant("y" * 60))

    history = await memory.load()

    assert [item["role"] for item in history] == ["user", "assistant"] * 2
    assert history[0]["content"].startswith("question 8")


async def test_a_turn_that_just_fits_is_kept_and_one_token_less_drops_it(memory_of: MemoryOf) -> None:
    memory = memory_of(1_000)
    await memory.remember("turn_1", user("a" * 40), assistant("b" * 40))
    await memory.remember("turn_2", user("c" * 40), assistant("d" * 40))
    size = sum(row.tokens for row in await memory.rows())

    exact = Transcripts(memory.database, size)
    smaller = Transcripts(memory.database, size - 1)

    assert len((await exact.load(THREAD, OWNER)).items) == 4
    assert len((await smaller.load(THREAD, OWNER)).items) == 2


async def test_a_tool_call_is_never_parted_from_its_output(memory_of: MemoryOf) -> None:
    memory = memory_of(200)
    await memory.remember("turn_1", user("first"), call("c1"), output("c1", "z" * 500), assistant("done"))
    await memory.remember("turn_2", user("second"), call("c2"), output("c2", "z" * 500), assistant("done"))

    assert texts(await memory.load())[:2] == ["second", "weather"]


async def test_a_turn_that_goes_on_without_a_question_is_kept_or_left_out_with_the_one_before(
    memory_of: MemoryOf,
) -> None:
    memory = memory_of(100)
    for number in range(3):
        await memory.remember(
            f"turn_{number}", user(f"question {number} " + "x" * 60), call("c"), output("c")
        )
        await memory.remember(f"turn_{number}_goes_on", assistant("y" * 60))

    assert [text.rstrip("xy") for text in texts(await memory.load())] == [
        "question 2 ",
        "weather",
        "sunn",
        "",
    ]


async def test_a_turn_over_the_budget_that_goes_on_without_a_question_keeps_the_one_before(
    memory_of: MemoryOf,
) -> None:
    memory = memory_of(400)
    await memory.remember("turn_1", user("the question"), call("c"), output("c", "z" * 2_000))
    steps = [item for n in range(40) for item in (call(f"c{n}"), output(f"c{n}", "z" * 400))]
    await memory.remember("turn_2", *steps, assistant("the answer"))

    history = await memory.load()

    assert history[0] == user("the question")
    assert history[-1] == assistant("the answer")
    assert len(history) < 20


async def test_the_newest_turn_stays_although_it_alone_is_over_the_budget(memory_of: MemoryOf) -> None:
    memory = memory_of(400)
    await memory.remember("turn_1", user("old"), assistant("older"))
    steps = [item for n in range(40) for item in (call(f"c{n}"), output(f"c{n}", "z" * 400))]
    await memory.remember("turn_2", user("the question"), *steps, assistant("the answer"))

    history = await memory.load()

    assert history[0] == user("the question")
    assert history[-1] == assistant("the answer")
    calls = [item["call_id"] for item in history if item.get("type") == "function_call"]
    outputs = [item["call_id"] for item in history if item.get("type") == "function_call_output"]
    assert calls == outputs != []
    assert len(history) < 20


async def test_a_single_text_over_the_budget_keeps_both_ends(memory_of: MemoryOf) -> None:
    memory = memory_of(1_000)
    await memory.remember("turn_1", user("begin " + "ü" * 50_000 + " end"), assistant("ok"))

    question, answer = await memory.load()

    assert question["content"].startswith("begin ")
    assert question["content"].endswith(" end")
    assert "shortened" in question["content"]
    assert len(question["content"].encode()) < 4_000
    assert answer == assistant("ok")


@pytest.mark.proves("DOC-01")
async def test_a_long_history_is_cut_between_turns(memory_of: MemoryOf) -> None:
    memory = memory_of(3_000)
    for turn in range(30):
        pairs = [item for n in range(50) for item in (user(f"{turn}.{n}"), assistant("ok"))]
        await memory.remember(f"turn_{turn}", *pairs)

    history = await memory.load()

    assert history[-2] == user("29.49")
    assert len(history) % 100 == 0
    assert 400 <= len(history) <= 600


async def test_a_history_longer_than_one_read_is_complete(memory: Memory) -> None:
    for turn in range(12):
        await memory.remember(f"turn_{turn}", *(user(f"{turn}.{n}") for n in range(100)))

    history = await memory.load()

    assert texts(history) == [f"{turn}.{n}" for turn in range(12) for n in range(100)]


async def test_rows_without_a_turn_are_parted_at_each_question(memory_of: MemoryOf) -> None:
    memory = memory_of(80)
    for number in range(5):
        await memory.remember(None, user(f"question {number} " + "x" * 40), assistant("y" * 40))

    assert [item["content"][:10] for item in await memory.load() if item["role"] == "user"] == [
        "question 3",
        "question 4",
    ]


async def test_rows_written_at_once_get_places_of_their_own(memory: Memory) -> None:
    async with asyncio.TaskGroup() as writers:
        for number in range(20):
            writers.create_task(memory.remember(f"turn_{number}", user(f"{number}"), assistant(f"{number}")))

    written = await memory.rows()

    assert [row.seq for row in written] == list(range(1, 41))
    assert all(first.turn_id == second.turn_id for first, second in batched(written))


async def test_someone_elses_thread_reads_as_empty(memory: Memory) -> None:
    await memory.remember("turn_1", user("secret"))

    assert (await memory.transcripts.load(THREAD, UserId("user_other"))).items == []
    assert (await memory.transcripts.load(ThreadId("thr_none"), OWNER)).items == []


async def test_someone_elses_thread_is_not_written_to(memory: Memory) -> None:
    await memory.remember("turn_1", user("injected"), user_id=UserId("user_other"))

    assert await memory.rows() == []
    assert await memory.load() == []


async def test_what_a_rolled_back_transaction_wrote_is_forgotten(memory: Memory) -> None:
    async def fail_after_writing() -> None:
        async with memory.database.transaction() as connection:
            await rows.append(connection, THREAD, OWNER, None, [user("never")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_after_writing()

    assert await memory.load() == []
