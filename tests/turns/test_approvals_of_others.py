"""Approvals beyond an agent's own tools: MCP servers, hand-offs, agents as tools."""

import base64
from pathlib import Path

import pytest

from app.db.engine import Database
from app.settings import Settings
from tests.attachments.samples import image
from tests.provider.script import ask_for_mcp, call_mcp, call_tool, generate_image, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, serving
from tests.turns.agents_to_approve import JOURNAL, PHOTO
from tests.turns.approving import (
    AGENTS,
    APPROVE,
    REFUSE,
    asked,
    calls_sent,
    decide,
    done,
    email,
    form_of,
    pauses,
)
from tests.turns.rows import transcript


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(JOURNAL, str(tmp_path / "journal"))
    return settings


def client_of(settings: Settings, name: str):
    """A server on another agent."""
    return serving(settings.model_copy(update={"agent": f"{AGENTS}:{name}"}))


def approvals_sent(provider: FakeProvider) -> list[tuple[str, bool]]:
    """What the provider was told about its own tools."""
    return [
        (item["approval_request_id"], item["approve"])
        for item in provider.requests[-1].body["input"]
        if item.get("type") == "mcp_approval_response"
    ]


@pytest.mark.parametrize("value", [APPROVE, REFUSE])
async def test_a_tool_that_the_provider_reaches_waits_for_approval(
    settings: Settings, provider: FakeProvider, database: Database, value: str
) -> None:
    async with client_of(settings, "with_mcp") as server:
        client = server.client()
        where, form = await asked(client, provider, ask_for_mcp("library", "search_books", '{"q": "cats"}'))
        if value == APPROVE:
            provider.respond(call_mcp("library", "search_books", "two books"), say("Two."))
        else:
            provider.respond(say("Then not."))
        events = await decide(client, where, value)
        sent = approvals_sent(provider)
        provider.respond(say("Yes."))
        await client.say("Sure?", where["thread_id"])

    assert form["inputs"][0]["question"] == "Allow this: Search books, on library?\n• q: “cats”"
    assert [approve for _, approve in sent] == [value == APPROVE]
    assert events.text == ("Two." if value == APPROVE else "Then not.")
    remembered = str(provider.requests[-1].body["input"])
    if value == APPROVE:
        assert calls_sent(provider) == [("call", "search_books"), ("output", "two books")]
    else:
        assert "The call of search_books: Not done: the user has refused this call" in remembered
    assert "mcp_approval" not in remembered
    assert "mcp_approval_request" in str(await transcript(database))


async def test_a_message_instead_refuses_a_tool_that_the_provider_reaches(
    settings: Settings, provider: FakeProvider
) -> None:
    async with client_of(settings, "with_mcp") as server:
        client = server.client()
        where, _ = await asked(client, provider, ask_for_mcp("library", "search_books"))
        provider.respond(say("As you like."))
        events = await client.say("Never mind", where["thread_id"])

    assert events.text == "As you like."
    assert "The call of search_books: Not done" in str(provider.requests[-1].body["input"])


async def test_an_assistant_that_decides_by_itself_asks_nobody(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(ask_for_mcp("library", "search_books"))
    provider.respond(call_mcp("library", "search_books"), say("Two."))
    async with client_of(settings, "deciding_itself") as server:
        events = await server.client().say("Which books?")

    assert not events.done_items("structured_input")
    assert events.text == "Two."
    assert done() == ["decided on search_books"]
    assert [approve for _, approve in approvals_sent(provider)] == [True]


@pytest.mark.parametrize("value", [APPROVE, REFUSE])
async def test_a_tool_of_an_mcp_server_here_waits_for_approval(
    settings: Settings, provider: FakeProvider, value: str
) -> None:
    call = call_tool("delete_file", {"name": "notes.txt"})
    async with client_of(settings, "with_local_mcp") as server:
        client = server.client()
        where, form = await asked(client, provider, call)
    provider.respond(say("Well."))
    async with client_of(settings, "with_local_mcp") as server:
        events = await decide(client.as_seen_by(server), where, value)

    assert form["inputs"][0]["question"] == "Allow this: Delete file?\n• name: “notes.txt”"
    assert events.text == "Well."
    assert done() == (["delete_file notes.txt"] if value == APPROVE else [])


async def test_the_agent_that_a_run_was_handed_to_goes_on(settings: Settings, provider: FakeProvider) -> None:
    provider.respond(call_tool("transfer_to_clerk", call_id="call_0"))
    provider.respond(email())
    async with client_of(settings, "handing_over") as server:
        client = server.client()
        where, _ = form_of(await client.say("Write to Bob"))
    provider.respond(say("Sent."))
    async with client_of(settings, "handing_over") as server:
        events = await decide(client.as_seen_by(server), where, APPROVE)

    assert events.text == "Sent."
    assert done() == ["sent to bob@example.com"]
    tools = {tool["name"] for tool in provider.requests[-1].body["tools"]}
    assert "send_email" in tools


@pytest.mark.parametrize("value", [APPROVE, REFUSE])
async def test_a_tool_of_an_agent_that_is_a_tool_waits_for_approval(
    settings: Settings, provider: FakeProvider, value: str
) -> None:
    provider.respond(call_tool("ask_clerk", {"input": "Write to Bob"}, call_id="call_outer"))
    provider.respond(email())
    async with client_of(settings, "asking_others") as server:
        client = server.client()
        where, _ = form_of(await client.say("Have Bob written to"))
    provider.respond(say("The clerk says so."))
    provider.respond(say("The boss says so."))
    async with client_of(settings, "asking_others") as server:
        events = await decide(client.as_seen_by(server), where, value)
        provider.respond(say("Yes."))
        await client.as_seen_by(server).say("Sure?", where["thread_id"])

    assert events.text == "The boss says so."
    assert done() == (["sent to bob@example.com"] if value == APPROVE else [])
    assert calls_sent(provider) == [("call", "ask_clerk"), ("output", "The clerk says so.")]
    assert isinstance(client, ChatKitClient)


@pytest.mark.proves("ITEM-generated_image-1")
async def test_a_run_that_has_drawn_an_image_is_saved_without_its_bytes_and_goes_on(
    settings: Settings, provider: FakeProvider, database: Database
) -> None:
    bytes_of_image = base64.b64encode(image("PNG")).decode()
    async with client_of(settings, "agent") as server:
        client = server.client()
        provider.respond(generate_image(bytes_of_image), email())
        where, _ = form_of(await client.say("Draw it and write to Bob"))
        (pause,) = await pauses(database)
        provider.respond(say("Sent."))

        events = await decide(client, where, APPROVE)

        assert bytes_of_image not in str(pause["state"])
        assert events.text == "Sent."
        items = await client.items(where["thread_id"])
        assert [item["type"] for item in items].count("generated_image") == 1


async def test_a_run_whose_tool_has_returned_an_image_is_saved_without_its_bytes_and_goes_on(
    settings: Settings, provider: FakeProvider, database: Database
) -> None:
    async with client_of(settings, "agent") as server:
        client = server.client()
        provider.respond(call_tool("photograph", {}, call_id="call_photo"))
        provider.respond(email())
        where, _ = form_of(await client.say("Take a picture and send it to Bob"))
        assert PHOTO in str(provider.requests[-1].body["input"])
        (pause,) = await pauses(database)
        provider.respond(say("Sent."))

        events = await decide(client, where, APPROVE)

        assert PHOTO not in str(pause["state"])
        assert events.text == "Sent."
        remembered = str(await transcript(database))
        assert PHOTO not in remembered
        assert "It was not kept." in remembered
