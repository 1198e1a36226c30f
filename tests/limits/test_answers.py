"""Answers at once and tokens a day: refused before anything is stored, and in a sentence."""

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.limits.conftest import ANN, BEN, coming_from
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer, serving, thread_id_of, user_input


async def counted(database: Database, table: str) -> int:
    found = await database.execute(text(f"select count(*) from chatkit.{table}"))
    return int(found.scalar_one())


@pytest.mark.proves("REL-08")
async def test_a_user_has_so_many_answers_at_once_on_all_processes_together(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.always(say("One, ", gate("on"), "two."))
    few = settings.model_copy(update={"max_user_turns": 2})
    async with serving(few) as one, serving(few) as other:
        ann = coming_from(one, ANN)
        await ann.call("threads.list")
        elsewhere = ann.as_seen_by(other, **{"x-forwarded-for": ANN})
        async with (
            ann.stream("threads.create", input=user_input("First")) as first,
            elsewhere.stream("threads.create", input=user_input("Second")) as second,
        ):
            await first.until_text("One, ")
            await second.until_text("One, ")
            for client in (ann, elsewhere):
                refused = await client.post("threads.create", input=user_input("Third"))
                assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
                assert "2 of your conversations" in refused.json()["message"]
                assert int(refused.headers["retry-after"]) >= 1
            assert len((await ann.call("threads.list"))["data"]) == 2
            async with coming_from(one, BEN).stream("threads.create", input=user_input("Mine")) as of_other:
                await of_other.until_text("One, ")
                # The same request again asks for no other answer.
                async with ann.stream("threads.create", input=user_input("First")) as again:
                    await again.until_text("One, ")
                    provider.release("on")
                    await first.rest()
                    await second.rest()
                    await of_other.rest()
                    assert thread_id_of(again) == thread_id_of(first)
        assert (await ann.say("Third")).text == "One, two."


async def test_answers_that_begin_at_the_same_moment_do_not_slip_through(
    settings: Settings, provider: FakeProvider
) -> None:
    import asyncio

    provider.always(say("One, ", gate("on"), "two."))
    async with serving(settings.model_copy(update={"max_user_turns": 3})) as server:
        ann = coming_from(server, ANN)
        await ann.call("threads.list")

        async def begin(number: int) -> int:
            body = {"type": "threads.create", "params": {"input": user_input(f"{number}")}}
            async with ann.http.stream("POST", "/chatkit", json=body) as response:
                begun.append(response.status_code)
                if len(begun) == 8:
                    provider.release("on")
                await response.aread()
            return response.status_code

        begun: list[int] = []
        statuses = await asyncio.gather(*map(begin, range(8)))

    assert sorted(statuses) == [200] * 3 + [429] * 5


@pytest.mark.proves("REL-08")
async def test_a_process_that_is_full_says_when_to_come_back(
    settings: Settings, provider: FakeProvider, database: Database
) -> None:
    provider.always(say("One, ", gate("on"), "two."))
    async with serving(settings.model_copy(update={"max_turns": 1})) as server:
        one, other = server.client(), server.client()
        async with one.stream("threads.create", input=user_input("Count")) as events:
            await events.until_text("One, ")
            refused = await other.post("threads.create", input=user_input("Count"))
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
            assert int(refused.headers["retry-after"]) >= 1
            assert await counted(database, "threads") == 1
            assert (await other.call("threads.list"))["data"] == []
            provider.release("on")
            await events.rest()
        assert (await other.say("Count")).text == "One, two."


@pytest.mark.proves("OP-threads.create-4")
async def test_a_budget_that_is_used_up_is_a_sentence_and_deleting_threads_wins_nothing_back(
    settings: Settings, provider: FakeProvider, database: Database
) -> None:
    provider.always(say("Hello"))
    poor = settings.model_copy(update={"user_tokens_per_day": 15})
    async with serving(poor) as one, serving(poor) as other:
        ann = coming_from(one, ANN, **{"accept-language": "de"})
        first = await ann.say("Hi")
        assert first.text == "Hello", "18 tokens, but the answer had begun"
        await one.turns_ended()
        again = ann.as_seen_by(other, **{"x-forwarded-for": ANN, "accept-language": "de"})
        thread_id = thread_id_of(first)
        for client in (ann, again):
            refused = await client.post(
                "threads.add_user_message", thread_id=thread_id, input=user_input("More")
            )
            assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
            assert "24 h" in refused.json()["message"]
            assert "Tag" in refused.json()["message"]
            assert 80_000 < int(refused.headers["retry-after"]) <= 86_400
        assert len(await ann.items(thread_id)) == 2, "nothing of what was refused"
        await ann.call("threads.delete", thread_id=thread_id)
        assert (await ann.post("threads.create", input=user_input("Anew"))).status_code == 429


async def test_guests_of_one_address_share_so_many_answers_a_day(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.always(say("Hello"))
    async with serving(settings.model_copy(update={"guest_answers_per_day": 2})) as server:
        for _ in range(2):
            await coming_from(server, ANN).say("Hi")
        refused = await coming_from(server, ANN).post("threads.create", input=user_input("Hi"))
        of_other = await coming_from(server, BEN).say("Hi")

    assert refused.status_code == 429
    assert of_other.text == "Hello"


async def test_whoever_tries_the_server_out_on_this_machine_has_no_such_limits(
    settings: Settings, provider: FakeProvider, server: RunningServer
) -> None:
    provider.always(say("Hello"))
    nothing = {"user_tokens_per_day": 1, "guest_answers_per_day": 1, "max_user_turns": 1}
    async with serving(settings.model_copy(update=nothing)) as strict:
        client = strict.client()
        assert [(await client.say(f"{number}")).text for number in range(3)] == ["Hello"] * 3
