"""A thread with a widget in it, and clicks in that."""

from typing import Any

from sqlalchemy import text

from app.db.engine import Database
from tests.provider.script import call_tool, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, Event, EventReader, thread_id_of

ACTION = "threads.custom_action"
SYNC = "threads.sync_custom_action"
AGENT = "tests.turns.agents_with_widgets:assistant"


async def shown(client: ChatKitClient, provider: FakeProvider, **arguments: Any) -> tuple[str, Event]:
    """Begin a thread in which the shop is shown; return the thread and the widget."""
    provider.respond(call_tool("show_shop", arguments))
    provider.respond(say("Here it is."))
    events = await client.say("Show me")
    return thread_id_of(events), events.done_items("widget")[0]


def click(kind: str, payload: Any = None) -> dict[str, Any]:
    """Return an action as the widget sends it."""
    return {"type": kind} | ({} if payload is None else {"payload": payload})


async def act(
    client: ChatKitClient, thread_id: str, item: Event | None, kind: str, payload: Any = None
) -> EventReader:
    """Click, and read what comes of it."""
    where = {"item_id": item["id"]} if item else {}
    async with client.stream(ACTION, thread_id=thread_id, action=click(kind, payload), **where) as events:
        await events.rest()
    return events


def title_of(item: Event) -> str:
    return str(item["widget"]["children"][0]["value"])


def replaced(events: EventReader) -> list[Event]:
    return [event["item"] for event in events.seen if event["type"] == "thread.item.replaced"]


def told(provider: FakeProvider) -> list[str]:
    """The texts that the model was sent last."""
    return [str(item["content"]) for item in provider.requests[-1].body["input"] if "content" in item]


async def tables(database: Database) -> dict[str, Any]:
    """Everything that a refused request could have changed."""
    found = {}
    async with database.autocommit() as connection:
        for name in ("threads", "thread_items", "transcript_items", "turns", "consumed_actions"):
            rows = await connection.execute(text(f"select * from chatkit.{name} order by 1, 2, 3"))
            found[name] = [tuple(row) for row in rows]
    return found
