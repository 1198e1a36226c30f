"""Models and tools that users choose in the composer: what is allowed, and what comes of it."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import call_tool, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, serving, thread_id_of, user_input

AGENTS = Path(__file__).parent / "agents_to_choose.py"


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(
        update={
            "secret_key": SecretStr("the same before and after a restart"),
            "agent": f"{AGENTS}:assistant",
        }
    )


def choosing(message: str, model: str | None = None, tool: str | None = None) -> dict[str, Any]:
    """A message with what the composer adds to it."""
    options: dict[str, Any] = {"model": model} if model else {}
    return user_input(message) | {
        "inference_options": options | ({"tool_choice": {"id": tool}} if tool else {})
    }


async def ask(client: ChatKitClient, message: dict[str, Any], thread_id: str | None = None) -> EventReader:
    """Send a message, in a new thread unless one is named, and read the answer to its end."""
    operation = "threads.add_user_message" if thread_id else "threads.create"
    where = {"thread_id": thread_id} if thread_id else {}
    async with client.stream(operation, input=message, **where) as events:
        await events.rest()
    return events


async def models(database: Database) -> list[str]:
    """The models recorded with the turns, oldest first."""
    async with database.autocommit() as connection:
        rows = await connection.execute(text("select model from chatkit.turns order by started_at"))
        return list(rows.scalars())


def sent(provider: FakeProvider, name: str) -> list[Any]:
    """One field of every request that the provider got."""
    return [request.body.get(name) for request in provider.requests]


@pytest.mark.proves("FEAT-model-1", "FEAT-model-3", "WIRE-63")
async def test_the_chosen_model_answers_and_is_recorded_with_message_and_turn(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.always(say("Hello"))

    events = await ask(client, choosing("Hi", model="deep"))
    thread_id = thread_id_of(events)
    await ask(client, choosing("Again"), thread_id)
    await ask(client, choosing("And again", model="own"), thread_id)

    assert sent(provider, "model")[:2] == ["gpt-5-deep", "gpt-quick"]
    assert sent(provider, "temperature") == [0.5, None, None]
    assert (sent(provider, "reasoning")[2] or {}).get("effort") == "high"
    assert await models(database) == sent(provider, "model")
    stored = [item for item in await client.items(thread_id) if item["type"] == "user_message"]
    assert [item["inference_options"] for item in stored] == [{"model": "deep"}, {}, {"model": "own"}]


async def test_an_agent_that_is_handed_over_to_answers_on_the_chosen_model_too(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(call_tool("transfer_to_helper"))
    provider.respond(say("I help"))

    events = await ask(client, choosing("Help", model="deep", tool="brief"))

    assert events.text == "I help"
    assert sent(provider, "model") == ["gpt-5-deep", "gpt-5-deep"]
    assert sent(provider, "tool_choice") == [None, None]


@pytest.mark.proves("FEAT-model-1", "OP-threads.create-1", "OP-threads.add_user_message-4", "OP-any-5")
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": "none-such"}, "“none-such” is not available to you"),
        ({"model": "x" * 5_000}, "is not available to you"),
        ({"model": "old"}, "“Retired” is not available to you"),
        ({"model": "expensive"}, "“Expensive” is not available to you"),
        ({"model": "broken"}, "“Broken” is not available to you"),
        ({"model": "gpt-quick"}, "is not available to you"),
        ({"tool_choice": {"id": "weather"}}, "“weather” is not available to you"),
        ({"tool_choice": {"id": "admin-only"}}, "“For admins” is not available to you"),
    ],
)
async def test_a_choice_that_one_may_not_make_is_refused_with_a_sentence_and_writes_nothing(
    client: ChatKitClient,
    provider: FakeProvider,
    database: Database,
    options: dict[str, Any],
    sentence: str,
) -> None:
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))
    message = user_input("More") | {"inference_options": options}

    refusals = [
        await client.post("threads.create", input=message),
        await client.post("threads.add_user_message", input=message, thread_id=thread_id),
    ]

    for refused in refusals:
        assert refused.status_code == 400
        assert sentence in refused.json()["message"]
        assert len(refused.json()["message"]) < 200
        assert "secret-detail" not in refused.text
    assert len(await models(database)) == 1
    assert len((await client.call("threads.list"))["data"]) == 1
    assert len(await client.items(thread_id)) == 2


async def test_without_choices_a_choice_is_refused(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:plain"})) as server:
        client = server.client()
        model = await client.post("threads.create", input=choosing("Hi", model="quick"))
        tool = await client.post("threads.create", input=choosing("Hi", tool="forecast"))

    assert (model.status_code, tool.status_code) == (400, 400)
    assert "choice of models" in model.json()["message"]
    assert "choice of tools" in tool.json()["message"]


@pytest.mark.proves("WIRE-63")
async def test_a_chosen_tool_has_to_be_used_first_and_not_again(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(call_tool("weather", {"city": "Riga"}))
    provider.respond(say("Sunny"))

    events = await ask(client, choosing("Riga?", tool="forecast"))

    assert events.text == "Sunny"
    assert sent(provider, "tool_choice") == [{"type": "function", "name": "weather"}, None]


async def test_a_tool_can_change_the_agent_instead(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.always(say("Yes"))

    events = await ask(client, choosing("Really?", tool="brief"))
    await ask(client, choosing("Really?"), thread_id_of(events))

    assert sent(provider, "instructions") == ["Be brief, in en.", None]


@pytest.mark.proves("OP-stream-5", "FEAT-model-2")
async def test_what_goes_on_with_a_question_uses_its_model_and_tool_but_forces_nothing_again(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(call_tool("window_size"))
    provider.respond(say("Large"))
    first = await ask(client, choosing("How large is my window?", model="deep", tool="page"))

    async with client.stream(
        "threads.add_client_tool_output", thread_id=thread_id_of(first), result={"width": 800}
    ) as events:
        await events.rest()

    assert events.text == "Large"
    assert sent(provider, "model") == ["gpt-5-deep", "gpt-5-deep"]
    assert sent(provider, "instructions") == ["Be brief, in en.", "Be brief, in en."]
    assert sent(provider, "tool_choice") == [{"type": "function", "name": "window_size"}, None]
    assert await models(database) == ["gpt-5-deep", "gpt-5-deep"]


@pytest.mark.proves("OP-threads.retry_after_item-4")
async def test_a_retry_uses_the_model_and_tool_of_the_message_again(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.always(say("Hello"))
    first = await ask(client, choosing("Hi", model="deep", tool="forecast"))
    thread_id = thread_id_of(first)
    await ask(client, choosing("Something else", model="own"), thread_id)
    question = first.done_items("user_message")[0]

    async with client.stream(
        "threads.retry_after_item", thread_id=thread_id, item_id=question["id"]
    ) as events:
        await events.rest()

    assert sent(provider, "model")[2] == "gpt-5-deep"
    assert sent(provider, "tool_choice")[2] == {"type": "function", "name": "weather"}


@pytest.mark.proves("OP-threads.retry_after_item-4", "OP-any-5")
@pytest.mark.parametrize("attribute", ["poorer", "plain"])
async def test_a_retry_with_a_model_that_is_gone_is_refused_and_removes_nothing(
    settings: Settings, provider: FakeProvider, attribute: str
) -> None:
    provider.always(say("Hello"))
    async with serving(settings) as server:
        browser = server.client()
        first = await ask(browser, choosing("Hi", model="deep"))
        before = await browser.items(thread_id_of(first))
        cookies = browser.http.cookies
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:{attribute}"})) as server:
        browser = server.client()
        browser.http.cookies = cookies
        refused = await browser.post(
            "threads.retry_after_item", thread_id=thread_id_of(first), item_id=before[0]["id"]
        )
        after = await browser.items(thread_id_of(first))

    assert refused.status_code == 400
    assert "model" in refused.json()["message"]
    assert after == before
    assert len(provider.requests) == 1


@pytest.mark.proves("OP-stream-5", "OP-any-5")
async def test_a_question_is_not_gone_on_with_on_a_model_that_is_gone(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(call_tool("window_size"))
    provider.respond(say("Something else, then"))
    async with serving(settings) as server:
        browser = server.client()
        first = await ask(browser, choosing("How large is my window?", model="deep"))
        cookies = browser.http.cookies
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:poorer"})) as server:
        browser = server.client()
        browser.http.cookies = cookies
        thread_id = thread_id_of(first)
        refused = await browser.post("threads.add_client_tool_output", thread_id=thread_id, result=1)
        waits = (await browser.items(thread_id))[-1]
        await ask(browser, choosing("Never mind"), thread_id)

    assert (refused.status_code, waits["status"]) == (400, "pending")
    assert "“deep” is not available" in refused.json()["message"]
