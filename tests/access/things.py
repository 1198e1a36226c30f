"""What a user has, by the names under which requests of the matrix speak of it."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from app.ids import new_id
from tests.attachments.samples import image
from tests.serving import ChatKitClient, Event, EventReader, thread_id_of, user_input

Things = Mapping[str, str]

PREFIXES = {
    "thread": "thr",
    "waiting_thread": "thr",
    "asking_thread": "thr",
    "widget_thread": "thr",
    "message": "msg",
    "question": "msg",
    "widget": "msg",
    "unsent": "atc",
    "sent": "atc",
    "announced": "atc",
    "turn": "turn",
    "session": "cksess",
}
"""Of what has an id. The rest are cursors, and queries of signed addresses."""

OTHER_KIND = {"thr": "message", "msg": "thread", "atc": "thread", "turn": "message", "cksess": "thread"}
"""What stands for an id where one of another kind belongs, by prefix."""

MALFORMED = ("", "thr_", "..%2f..", "' or true --", "x" * 150, "\N{SNOWMAN}")


async def things_of(client: ChatKitClient, secret: str) -> dict[str, str]:
    """Have a user do everything once, `secret` standing in all that they write; return what came of it."""
    first = await client.say(f"Hello, {secret}")
    await client.say(f"Hello again, {secret}", thread_id_of(first))
    waiting = await client.say("How large is my browser window?")
    asking, shop = await client.say("/order"), await client.say("/widget")
    unsent, sent = [await _uploaded(client, secret) for _ in range(2)]
    announced = await client.call("attachments.create", name="a.txt", size=4, mime_type="text/plain")
    thread = thread_id_of(first)
    async with client.stream(
        "threads.add_user_message",
        thread_id=thread,
        input=user_input(f"Look, {secret}") | {"attachments": [sent["id"]]},
    ) as events:
        await events.rest()
    items = await client.call("items.list", thread_id=thread, limit=1)
    threads = await client.call("threads.list", limit=1)
    return {
        "thread": thread,
        "message": _item(first, "user_message"),
        "waiting_thread": thread_id_of(waiting),
        "asking_thread": thread_id_of(asking),
        "question": _item(asking, "structured_input"),
        "widget_thread": thread_id_of(shop),
        "widget": _item(shop, "widget"),
        "unsent": unsent["id"],
        "sent": sent["id"],
        "sent_query": urlsplit(sent["preview_url"]).query,
        "announced": announced["id"],
        "announced_query": urlsplit(announced["upload_descriptor"]["url"]).query,
        "turn": events.response.headers["chatkit-turn"],
        "items_cursor": items["after"],
        "threads_cursor": threads["after"],
        # A page is not told which session it has; its back-end is.
        "session": new_id(PREFIXES["session"]),
    }


async def delete(client: ChatKitClient, things: Things) -> None:
    """Delete all of it."""
    for name in ("unsent", "announced"):
        await client.call("attachments.delete", attachment_id=things[name])
    for name, thread in things.items():
        if name.endswith("thread"):
            await client.call("threads.delete", thread_id=thread)


def unknown(things: Things) -> dict[str, str]:
    """Return names of the same form for nothing at all."""
    return {
        name: new_id(PREFIXES[name]) if name in PREFIXES else secrets.token_urlsafe(len(value))[: len(value)]
        for name, value in things.items()
    }


async def _uploaded(client: ChatKitClient, name: str) -> dict[str, Any]:
    picture = {"file": (f"{name}.png", image(size=(8, 8)), "image/png")}
    response = await client.http.post("/chatkit/files", files=picture)
    assert response.status_code == 200, response.text
    attachment: dict[str, Any] = response.json()
    return attachment


def _item(events: EventReader, kind: str) -> str:
    done: list[Event] = events.done_items(kind)
    return str(done[0]["id"])
