"""Generated images over HTTP: a file with a signed address wherever one is seen, and its bytes nowhere."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.attachments.samples import SVG, image
from tests.provider.script import call_tool, gate, generate_image, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, RunningServer, thread_id_of, user_input

AGENTS = Path(__file__).parent / "agents_under_test.py"
PNG, WEBP = image("PNG"), image("WEBP")


def encoded(data: bytes) -> str:
    """Bytes as a model sends them."""
    return base64.b64encode(data).decode()


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(update={"disconnect_grace_seconds": 0.0, "agent": f"{AGENTS}:drawing"})


@pytest.fixture
async def stranger() -> AsyncIterator[httpx2.AsyncClient]:
    """The frame that shows an image: without cookies."""
    async with httpx2.AsyncClient() as client:
        yield client


def updates(events: EventReader) -> list[dict[str, Any]]:
    """The updates of images."""
    found = [event["update"] for event in events.seen if event["type"] == "thread.item.updated"]
    return [update for update in found if update["type"] == "generated_image.updated"]


async def rows_with(database: Database, needle: str) -> list[str]:
    """The tables in which a text stands."""
    tables = ("thread_items", "transcript_items", "turn_events", "attachments", "turns")
    async with database.transaction() as connection:
        return [
            table
            for table in tables
            if await connection.scalar(
                text(f"select exists (select from chatkit.{table} t where strpos(t::text, :needle) > 0)"),
                {"needle": needle},
            )
        ]


async def files_kept(database: Database) -> int:
    """How many files there are."""
    async with database.transaction() as connection:
        return int(await connection.scalar(text("select count(*) from chatkit.attachments")) or 0)


@pytest.mark.proves("ITEM-generated_image-1", "ITEM-generated_image-2", "ITEM-generated_image-3", "MAP-9")
async def test_an_image_is_a_file_whose_address_is_signed_anew_at_every_load(
    client: ChatKitClient,
    provider: FakeProvider,
    stranger: httpx2.AsyncClient,
    database: Database,
) -> None:
    provider.respond(generate_image(encoded(WEBP), partials=[encoded(PNG)]), say("There."))

    events = await client.say("Draw")

    half, whole = updates(events)
    assert (half["progress"], whole["progress"]) == (0.5, 1)
    (item,) = events.done_items("generated_image")
    assert item["image"] == whole["image"]
    shown = await stranger.get(item["image"]["url"])
    assert (shown.content, shown.headers["content-type"]) == (WEBP, "image/webp")
    _, listed, _ = await client.items(thread_id_of(events))
    assert listed["id"] == item["id"]
    assert (await stranger.get(listed["image"]["url"])).content == WEBP
    plain = listed["image"]["url"].partition("?")[0]
    assert (await stranger.get(plain)).status_code in (404, 405)
    assert await rows_with(database, encoded(WEBP)[:40]) == []
    assert await rows_with(database, "signature=") == []
    assert await files_kept(database) == 1, "what it looked like half-way is gone"


@pytest.mark.proves("ITEM-generated_image-2", "MAP-9")
async def test_what_is_not_complete_can_be_seen_by_a_second_reader(
    client: ChatKitClient, provider: FakeProvider, stranger: httpx2.AsyncClient, database: Database
) -> None:
    drawing = generate_image(encoded(WEBP), partials=[encoded(PNG)], before_the_end=[gate("half-way")])
    provider.respond(drawing, say("There."))
    async with client.stream("threads.create", input=user_input("Draw")) as events:
        await events.until("thread.item.updated")
        async with client.follow(thread_id_of(events)) as second:
            update = (await second.until("thread.item.updated"))["update"]
            assert (await stranger.get(update["image"]["url"])).content == PNG
        assert await rows_with(database, encoded(PNG)[:40]) == []
        provider.release("half-way")
        await events.rest()


@pytest.mark.proves("MAP-8")
async def test_a_stop_in_the_middle_leaves_neither_an_item_nor_a_file(
    client: ChatKitClient, provider: FakeProvider, server: RunningServer, database: Database
) -> None:
    drawing = generate_image(encoded(WEBP), partials=[encoded(PNG)], before_the_end=[gate("for ever")])
    provider.respond(say("Wait."), drawing)
    async with client.stream("threads.create", input=user_input("Draw")) as events:
        await events.until("thread.item.updated", item_id=await _image_id(events))
        thread_id = thread_id_of(events)
        await client.cancel(thread_id)
        await events.rest()
    assert events.seen[-1]["type"] == "thread.item.removed"
    assert [item["type"] for item in await client.items(thread_id)] == ["user_message", "assistant_message"]
    assert await files_kept(database) == 0


@pytest.mark.proves("MAP-8", "ITEM-generated_image-3")
@pytest.mark.parametrize("data", [b"not an image", SVG, PNG[:60]])
async def test_what_is_no_image_is_told_and_not_kept(
    client: ChatKitClient, provider: FakeProvider, database: Database, data: bytes
) -> None:
    provider.respond(generate_image(encoded(data), partials=[encoded(data)]), say("There."))
    events = await client.say("Draw")
    shown = [item["type"] for item in await client.items(thread_id_of(events))]
    assert shown == ["user_message", "task", "assistant_message"]
    assert updates(events) == []
    assert await files_kept(database) == 0


@pytest.mark.proves("MAP-8")
async def test_an_image_that_a_rule_withholds_leaves_no_file(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(generate_image(encoded(WEBP), partials=[encoded(PNG)]), say("How rude."))
    events = await client.say("Draw")
    shown = [item["type"] for item in await client.items(thread_id_of(events))]
    assert "generated_image" not in shown
    assert await files_kept(database) == 0


@pytest.mark.proves("T12")
async def test_two_images_at_once_are_each_their_own(
    client: ChatKitClient, provider: FakeProvider, stranger: httpx2.AsyncClient
) -> None:
    provider.respond(generate_image(encoded(WEBP)), generate_image(encoded(PNG)), say("There."))
    events = await client.say("Draw two")
    shown = [await stranger.get(item["image"]["url"]) for item in events.done_items("generated_image")]
    assert [response.content for response in shown] == [WEBP, PNG]


@pytest.mark.proves("ITEM-generated_image-1")
async def test_a_retry_and_the_end_of_the_thread_take_the_files_along(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(generate_image(encoded(WEBP)), say("There."))
    events = await client.say("Draw")
    thread_id = thread_id_of(events)
    question = (await client.items(thread_id))[0]["id"]
    provider.respond(generate_image(encoded(PNG)), say("There."))
    async with client.stream("threads.retry_after_item", thread_id=thread_id, item_id=question) as again:
        await again.rest()
    assert await files_kept(database) == 1
    await client.call("threads.delete", thread_id=thread_id)
    assert await files_kept(database) == 0


async def _image_id(events: EventReader) -> str:
    while True:
        item = (await events.until("thread.item.added"))["item"]
        if item["type"] == "generated_image":
            return str(item["id"])


@pytest.mark.proves("ITEM-generated_image-1")
@pytest.mark.parametrize("way", ["done", "step by step"])
async def test_an_image_that_a_tool_shows_by_its_bytes_is_a_file_as_well(
    client: ChatKitClient, provider: FakeProvider, stranger: httpx2.AsyncClient, database: Database, way: str
) -> None:
    provider.respond(call_tool("draw_dot", {"way": way}))
    provider.respond(say("There."))
    events = await client.say("A dot")
    (item,) = events.done_items("generated_image")
    assert (await stranger.get(item["image"]["url"])).headers["content-type"] == "image/png"
    assert await rows_with(database, "data:") == []
    assert await files_kept(database) == 1


@pytest.mark.proves("ITEM-generated_image-1")
async def test_the_model_remembers_which_file_it_was_and_not_its_bytes(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(generate_image(encoded(WEBP), revised_prompt="A cat"), say("There."))
    await client.say("Draw")
    async with database.transaction() as connection:
        item = await connection.scalar(
            text("select item from chatkit.transcript_items where item->>'type' = 'image_generation_call'")
        )
        file_id = await connection.scalar(text("select id from chatkit.attachments"))
    assert item["attachment_id"] == file_id
    assert "result" not in item


@pytest.mark.proves("ITEM-generated_image-2")
async def test_the_model_sees_the_image_again_in_the_next_turn(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(generate_image(encoded(PNG), revised_prompt="A cat"), say("There."))
    events = await client.say("Draw")
    provider.respond(say("A cat it is."))
    await client.say("What is it?", thread_id_of(events))
    sent = provider.requests[-1].body["input"]
    call, output = (item for item in sent if item.get("type", "").startswith("function_call"))
    assert (call["name"], call["arguments"]) == ("image_generation", '{"prompt": "A cat"}')
    told, seen = output["output"]
    assert told == {"type": "input_text", "text": "The image was shown to the user."}
    assert seen["image_url"].startswith("data:image/")


async def test_an_image_that_is_gone_is_told_to_the_model(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(generate_image(encoded(PNG)), say("There."))
    events = await client.say("Draw")
    async with database.transaction() as connection:
        await connection.execute(text("delete from chatkit.attachments"))
    provider.respond(say("I cannot see it."))
    await client.say("What is it?", thread_id_of(events))
    (output,) = (
        item for item in provider.requests[-1].body["input"] if item.get("type") == "function_call_output"
    )
    assert "not available any more" in output["output"][1]["text"]
