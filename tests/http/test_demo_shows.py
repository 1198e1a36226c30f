"""The demo shows what a provider's own tools do: a search with its sources, citations, and a picture."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.serving import ChatKitClient, thread_id_of


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path / "data",
        agent="tests.http.agents_under_test:hasty_demo",
    )


def annotations(message: dict[str, Any]) -> list[dict[str, Any]]:
    """What a message cites."""
    return [annotation for part in message["content"] for annotation in part["annotations"]]


@pytest.mark.parametrize("words", ["/search cats", "Search the web for cats!"])
async def test_a_search_shows_what_it_looked_for_and_what_it_found(client: ChatKitClient, words: str) -> None:
    events = await client.say(words)
    (workflow,), (message,) = events.done_items("workflow"), events.done_items("assistant_message")
    (task,) = workflow["workflow"]["tasks"]
    assert (task["title"], task["queries"], len(task["sources"])) == ("Searched the web", ["cats"], 3)
    assert [annotation["source"]["type"] for annotation in annotations(message)] == ["url"] * 3


async def test_citations_stand_where_the_text_says_and_none_is_nameless(client: ChatKitClient) -> None:
    events = await client.say("/cite")
    (message,) = events.done_items("assistant_message")
    text, cited = message["content"][0]["text"], annotations(message)
    assert [annotation["source"]["title"] for annotation in cited][1:3] == ["handbook.pdf", "File"]
    assert text[: cited[0]["index"]] == "An answer can cite a page"
    assert cited[3]["index"] == cited[4]["index"]


@pytest.mark.parametrize("words", ["/image", "Can you draw something?"])
async def test_a_picture_becomes_clearer_and_can_be_seen(client: ChatKitClient, words: str) -> None:
    events = await client.say(words)
    updates = [event["update"] for event in events.seen if event["type"] == "thread.item.updated"]
    images = [update for update in updates if update["type"] == "generated_image.updated"]
    assert [image["progress"] for image in images] == [1 / 2, 2 / 3, 1]
    address = urlsplit(images[-1]["image"]["url"])
    shown = await client.http.get(f"{address.path}?{address.query}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    again = await client.say("/memory", thread_id_of(events))
    assert words in again.text
