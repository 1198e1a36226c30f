"""Files that code has made and an answer cites: fetched beside the answer, kept, and linked."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from app.turns import cited_files
from tests.attachments.samples import image
from tests.provider.script import container_citation, file_citation, gate, run_code, say, url_citation
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, thread_id_of, user_input

pytestmark = pytest.mark.proves("FEAT-cite-2")

PLOT = image("PNG")
CITING = [container_citation("plot.png", 4), file_citation("a.pdf", 4)]


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided


@pytest.fixture
async def stranger() -> AsyncIterator[httpx2.AsyncClient]:
    """A browser tab without cookies."""
    async with httpx2.AsyncClient() as client:
        yield client


def sources(item: dict[str, Any]) -> list[dict[str, Any]]:
    """What a message cites."""
    return [annotation["source"] for part in item["content"] for annotation in part["annotations"]]


def replaced(events: EventReader) -> list[dict[str, Any]]:
    """The messages that were replaced."""
    return [event["item"] for event in events.seen if event["type"] == "thread.item.replaced"]


async def test_a_cited_file_is_kept_and_its_link_signed_anew_at_every_load(
    client: ChatKitClient, provider: FakeProvider, stranger: httpx2.AsyncClient, database: Database
) -> None:
    provider.container_files["cfile_1"] = PLOT
    provider.respond(run_code("plot()"), say("Look", " here", citing=CITING))

    events = await client.say("Plot")

    (done,) = events.done_items("assistant_message")
    assert [source["type"] for source in sources(done)] == ["file", "file"]
    (linked,) = replaced(events)
    listed = (await client.items(thread_id_of(events)))[-1]
    for item in (linked, listed):
        plot, searched = sources(item)
        assert (plot["type"], plot["title"]) == ("url", "plot.png")
        assert searched == {"type": "file", "filename": "a.pdf", "title": "a.pdf"}
        fetched = await stranger.get(plot["url"])
        assert (fetched.status_code, fetched.content) == (200, PLOT)
    assert [part["text"] for part in listed["content"]] == ["Look here"]
    async with database.transaction() as connection:
        stored = await connection.scalar(
            text("select string_agg(payload::text, '') from chatkit.thread_items")
        )
    assert "signature=" not in str(stored)


async def test_text_does_not_wait_for_a_file(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.container_files["cfile_1"] = PLOT
    provider.held_files.add("cfile_1")
    provider.respond(say("Look", citing=CITING), say("And ", gate("later"), "more"))
    async with client.stream("threads.create", input=user_input("Plot")) as events:
        await provider.waiting_at("cfile_1")
        provider.release("later")
        await events.until_text("more")
        assert replaced(events) == []
        provider.release("cfile_1")
        await events.rest()
    assert len(replaced(events)) == 1


async def test_a_file_that_is_gone_or_too_large_leaves_a_citation_without_a_link(
    client: ChatKitClient, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cited_files, "MAX_BYTES", 100_000)
    provider.container_files["cfile_large"] = bytes(200_000)
    gone, large = container_citation("gone.png", 4), container_citation(None, 4, "cfile_large")
    provider.respond(say("Look", citing=[gone, large]))
    events = await client.say("Plot")
    assert replaced(events) == []
    listed = (await client.items(thread_id_of(events)))[-1]
    assert [source["title"] for source in sources(listed)] == ["gone.png", "File"]


async def test_the_end_of_an_answer_does_not_wait_for_ever(
    client: ChatKitClient, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cited_files, "LAST_SECONDS", 0.05)
    provider.container_files["cfile_1"] = PLOT
    provider.held_files.add("cfile_1")
    provider.respond(say("Look", citing=CITING))
    events = await client.say("Plot")
    assert events.text == "Look"
    assert replaced(events) == []


async def test_a_stop_while_a_file_is_fetched_keeps_the_text_and_fetches_no_more(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.container_files["cfile_1"] = PLOT
    provider.held_files.add("cfile_1")
    provider.respond(say("Look", citing=CITING))
    async with client.stream("threads.create", input=user_input("Plot")) as events:
        await events.until_text("Look")
        await provider.waiting_at("cfile_1")
        await client.cancel(thread_id_of(events))
        await events.rest()
    (_, message) = await client.items(thread_id_of(events))
    assert message["content"][0]["text"] == "Look"
    async with database.transaction() as connection:
        assert await connection.scalar(text("select count(*) from chatkit.attachments")) == 0


@pytest.mark.proves("FEAT-cite-1")
async def test_a_page_that_looks_like_a_file_of_ours_gets_no_signature(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    urls = ["https://evil.example/chatkit/files/atc_0190", "chatkit-file:atc_0190"]
    provider.respond(say("Look", citing=[url_citation(url, "Mine", 4) for url in urls]))
    events = await client.say("Search")
    listed = (await client.items(thread_id_of(events)))[-1]
    assert sources(listed) == [{"type": "url", "url": urls[0], "title": "Mine"}]
