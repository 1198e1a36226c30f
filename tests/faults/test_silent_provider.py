"""A provider or a tool that says nothing more is given up, with the text there is."""

from pathlib import Path
from typing import Literal

import pytest

from app.settings import Settings
from tests.faults.answers import consistent, errors
from tests.provider.script import call_tool, gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient

AGENTS = Path(__file__).parent / "agents_at_fault.py"
IDLE_SECONDS = 1.0


@pytest.fixture(params=["responses", "chat_completions"])
def settings(request: pytest.FixtureRequest, provided: Settings) -> Settings:
    api: Literal["responses", "chat_completions"] = request.param
    return provided.model_copy(
        update={
            "agent": f"{AGENTS}:agent",
            "openai_api": api,
            "idle_seconds": IDLE_SECONDS,
            "tool_seconds": IDLE_SECONDS,
        }
    )


@pytest.mark.proves("REL-22")
async def test_a_provider_that_falls_silent_is_given_up_with_its_text(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Once upon", gate("for ever"), " a time"))

    events = await client.say("A story")

    assert events.text == "Once upon"
    assert "too long" in errors(events)[0]
    assert events.seen[-1]["allow_retry"] is True
    await provider.disconnected(0)
    await consistent(client, provider, events)


@pytest.mark.proves("REL-21", "REL-22")
async def test_a_tool_that_hangs_is_given_up(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Let me see."), call_tool("hang"))

    events = await client.say("Go")

    assert events.text == "Let me see."
    assert "tool took too long" in errors(events)[0]
    assert events.seen[-1]["allow_retry"] is True
    await consistent(client, provider, events)
