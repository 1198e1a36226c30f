"""How many transactions a turn takes: the flushes, which all turns share, and few of its own."""

import pytest

from app.settings import Settings
from tests.provider.script import call_tool, gate, say
from tests.provider.server import FakeProvider
from tests.serving import serving, thread_id_of, user_input
from tests.turns.test_silence import AGENTS
from tests.turns.test_writing import statements

# What a process does for all its turns together: flushes, leases, looking for those that were left.
SHARED = [
    "unnest(",
    "SET lease_expires_at",
    "pg_postmaster_start_time",
    "clock_timestamp",
    "SET undelivered",
    "FROM chatkit.sessions",
]
# Files that are due to be removed, of whomever.
SHARED += ["blob_removals", "DELETE FROM chatkit.attachments"]


def own(sent: list[str]) -> list[str]:
    return [statement for statement in sent if not any(words in statement for words in SHARED)]


@pytest.mark.proves("PERF-08")
async def test_a_turn_takes_three_transactions_beside_the_shared_ones(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(call_tool("weather", {"city": "Rome"}))
    provider.respond(say("Sunny"))
    provider.respond(call_tool("weather", {"city": "Riga"}))
    provider.respond(say("Rainy"))
    asking = settings.model_copy(update={"agent": f"{AGENTS}:agent", "titles": True})
    async with serving(asking) as server:
        client = server.client()
        with statements() as first:
            thread_id = thread_id_of(await client.say("Rome?"))
            await server.nothing_beside()
        with statements() as second:
            await client.say("Riga?", thread_id)

    # Accepted, titled, ended; accepted, remembered, ended.
    assert len(own(first)) == 3, own(first)
    assert len(own(second)) == 3, own(second)


@pytest.mark.proves("PERF-08")
async def test_a_turn_that_streams_for_long_is_flushed_once_an_interval(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(say(*("word " for _ in range(200)), gate("more"), *("word " for _ in range(200))))
    slowly = settings.model_copy(update={"flush_seconds": 1.0})
    async with serving(slowly) as server:
        client = server.client()
        with statements() as sent:
            async with client.stream("threads.create", input=user_input("Hi")) as events:
                await events.until_text("word " * 200)
                provider.release("more")
                await events.rest()

    flushes = [statement for statement in sent if "turn_events" in statement and "unnest(" in statement]
    assert len(flushes) <= 4
