"""Things that users mention, and things that answers name as their sources."""

import logging
from pathlib import Path
from typing import Any

import pytest

from app.assistant import tags
from app.settings import Settings
from tests.http.agents_with_tags import ENTITY
from tests.patience import BUSY
from tests.provider.script import call_tool, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, serving, thread_id_of, user_input

AGENTS = Path(__file__).parent / "agents_with_tags.py"


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(update={"agent": f"{AGENTS}:assistant"})


def mentioning(*ids: str, data: Any = None) -> dict[str, Any]:
    """A message that mentions entities, whose names are their ids in capitals."""
    mentions = [
        {"type": "input_tag", "id": id_, "text": id_.upper(), "data": data or {}, "group": "Orders"}
        for id_ in ids
    ]
    text = {"type": "input_text", "text": "What of these? "}
    return user_input("") | {"content": [text, *mentions]}


async def ask(client: ChatKitClient, message: dict[str, Any]) -> EventReader:
    """Begin a thread, and read the answer to its end."""
    async with client.stream("threads.create", input=message) as events:
        await events.rest()
    return events


def last_input(provider: FakeProvider) -> str:
    """What the model was sent last, all of it."""
    return str(provider.requests[-1].body["input"])


@pytest.mark.proves("DOC-11", "FEAT-tag-1", "FEAT-tag-2", "WIRE-63")
async def test_a_tag_is_resolved_by_its_id_for_its_user_and_what_the_page_says_of_it_is_not_sent(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.always(say("Shirts"))

    events = await ask(client, mentioning("order-7", "foreign", data={"note": "client-claim"}))
    first = provider.requests[-1].body["input"][-1]["content"]
    await client.say("And now?", thread_id_of(events))

    assert "What of these? @ORDER-7@FOREIGN" in first
    assert "About @ORDER-7:\n> order-7 of guest_" in first
    assert "\n> > not the user's words" in first
    assert "About @FOREIGN" not in first
    assert "client-claim" not in last_input(provider)
    assert provider.requests[-1].body["input"][0]["content"] == first
    item = (await client.items(thread_id_of(events)))[0]
    assert item["content"][1]["data"] == {"note": "client-claim"}


@pytest.mark.proves("FEAT-tag-1")
async def test_without_a_resolver_a_tag_is_plain_text(settings: Settings, provider: FakeProvider) -> None:
    provider.respond(say("What order?"))
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:plain"})) as server:
        await ask(server.client(), mentioning("order-7"))

    assert provider.requests[-1].body["input"][-1]["content"] == "What of these? @ORDER-7"


@pytest.mark.proves("FEAT-tag-1", "ITEM-user_message-4")
@pytest.mark.parametrize(
    ("resolver", "tag", "reason"),
    [
        ("assistant", "slow", "TimeoutError"),
        ("assistant", "broken", "RuntimeError"),
        ("assistant", "wrong", "TypeError"),
        ("blocking", "slow", "TimeoutError"),
    ],
)
async def test_a_resolver_that_is_slow_or_broken_costs_its_tag_the_text_and_nothing_else(
    settings: Settings,
    provider: FakeProvider,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    resolver: str,
    tag: str,
    reason: str,
) -> None:
    if reason == "TimeoutError":
        monkeypatch.setattr(tags, "TAG_SECONDS", 0.1 * BUSY)
    provider.respond(say("Shirts"))
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:{resolver}"})) as server:
        with caplog.at_level(logging.WARNING, "app.assistant.tags"):
            events = await ask(server.client(), mentioning(tag, "order-7"))

    sent = last_input(provider)
    assert events.text == "Shirts"
    assert f"@{tag.upper()}@ORDER-7" in sent
    assert f"About @{tag.upper()}" not in sent
    assert "About @ORDER-7" in sent
    said = [record for record in caplog.records if record.name == "app.assistant.tags"]
    assert [vars(record)["reason"] for record in said] == [reason]
    assert "secret-detail" not in caplog.text


@pytest.mark.proves("FEAT-tag-2")
async def test_texts_and_their_number_are_bounded(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Shirts"))

    await ask(client, mentioning("huge", *(f"order-{number}" for number in range(30))))

    sent = last_input(provider)
    assert sent.count("About @") == tags.MAX_TAGS
    assert sent.count("x") < tags.MAX_TAG_TEXT + 100


@pytest.mark.proves("FEAT-tag-2", "OP-any-5")
async def test_data_over_its_bound_is_refused(client: ChatKitClient, provider: FakeProvider) -> None:
    refused = await client.post("threads.create", input=mentioning("order-7", data={"x": "y" * 10_001}))

    assert refused.status_code == 400
    assert (await client.call("threads.list"))["data"] == []
    assert provider.requests == []


@pytest.mark.proves("FEAT-tag-3", "UPD-2")
async def test_what_a_tool_cites_stands_below_the_next_message_with_all_its_fields(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Let me look."), call_tool("look_up"))
    provider.respond(say("Two shirts"))

    events = await client.say("What is in my order?")

    first, second = events.done_items("assistant_message")
    annotations = second["content"][0]["annotations"]
    assert first["content"][0]["annotations"] == []
    assert [annotation["source"] for annotation in annotations] == [
        ENTITY.model_dump(exclude_none=True),
        {"type": "file", "filename": "terms.pdf", "title": "Terms"},
    ]
    updates = [event["update"] for event in events.seen if event["type"] == "thread.item.updated"]
    assert [update["annotation"] for update in updates if "annotation" in update] == annotations
    assert (await client.items(thread_id_of(events)))[-1] == second


@pytest.mark.proves("FEAT-tag-3")
async def test_an_entity_in_a_message_of_ones_own_keeps_its_place_and_all_its_fields(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(call_tool("write_message"))
    provider.respond(say("There."))

    events = await client.say("Write")

    (annotation,) = events.done_items("assistant_message")[0]["content"][0]["annotations"]
    assert annotation["index"] == 7
    assert annotation["source"] == ENTITY.model_dump(exclude_none=True)
    assert (await client.items(thread_id_of(events)))[-2]["content"][0]["annotations"] == [annotation]
