"""A model that says nothing more is given up; a tool that works is not, for longer."""

from pathlib import Path

import pytest

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import call_tool, gate, say
from tests.provider.server import FakeProvider
from tests.serving import serving, thread_id_of, user_input
from tests.turns.rows import turns

AGENTS = Path(__file__).parents[1] / "http/agents_under_test.py"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"idle_seconds": 0.3, "tool_seconds": 1.5, "agent": f"{AGENTS}:sleepy_agent"}
    )


@pytest.mark.proves("REL-22")
async def test_a_model_that_falls_silent_ends_with_its_text_and_a_sentence(
    settings: Settings, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hel", gate("never"), "lo"))
    async with serving(settings) as server:
        client = server.client()
        async with client.stream("threads.create", input=user_input("Hi")) as events:
            await events.rest()
        await provider.disconnected()
        items = await client.items(thread_id_of(events))

    assert "too long" in events.seen[-1]["message"]
    assert events.seen[-1]["allow_retry"]
    assert items[1]["content"][0]["text"] == "Hel"
    assert [row["error"] for row in await turns(database)] == ["model_timeout"]


@pytest.mark.parametrize(("seconds", "ending"), [(0.7, "Rested"), (60, "A tool took too long")])
async def test_a_tool_may_take_longer_than_a_model_though_not_for_ever(
    settings: Settings, provider: FakeProvider, seconds: float, ending: str
) -> None:
    provider.respond(call_tool("rest", {"seconds": seconds}))
    provider.respond(say("Rested"))
    async with serving(settings) as server:
        events = await server.client().say("Have a rest")

    assert ending in str(events.seen)
