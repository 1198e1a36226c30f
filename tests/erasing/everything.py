"""A user who leaves something in every table there is, and in the storage; and what is in all of them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from tests.attachments.samples import image
from tests.erasing.agents_for_all import SLOW
from tests.patience import PATIENCE
from tests.serving import ChatKitClient, thread_id_of, user_input

KEPT = {
    "alembic_version": "says which schema it is",
    "audit_log": "tells of the erasure as well, without a word of what was erased",
}
"""Tables that hold nothing a user has left, and why."""

BY_HAND = (
    "insert into chatkit.thread_state (thread_id, workflow, variables) select $2, 'w', '{}' where $1 <> ''",
    "insert into chatkit.imported_threads"
    " (thread_id, user_id, content_sha256, language, item_count, last_seq) values ($2, $1, '', 'en', 1, 1)",
    "insert into chatkit.blob_removals (key, user_id, due_at) values ($2, $1, now() + interval '1 hour')",
)
"""What comes of exported workflows, of an import, and of a file whose bytes nobody has removed yet."""

Rows = Mapping[str, set[str]]


async def all_rows(owner: Any) -> Rows:
    """Return every row of every table of the schema, as the database itself lists them."""
    names = await owner.fetch(
        "select table_name from information_schema.tables"
        " where table_schema = 'chatkit' and table_type = 'BASE TABLE'"
    )
    return {
        name: {row[0] for row in await owner.fetch(f"select t::text from chatkit.{name} t")}
        for (name,) in names
    }


def beyond(rows: Rows, before: Rows) -> dict[str, set[str]]:
    """Return what has come since, by table."""
    return {name: new for name, found in rows.items() if name not in KEPT and (new := found - before[name])}


async def do_everything(page: ChatKitClient, user: str, owner: Any) -> str:
    """Have the user of a page leave something wherever a user can; return a thread of theirs."""
    thread = thread_id_of(await page.say("Hello"))
    said = await page.items(thread)
    await page.call("items.feedback", thread_id=thread, item_ids=[said[-1]["id"]], kind="positive")
    await page.say("/approve")
    shop = await page.say("/widget")
    action = {"type": "demo.order", "payload": {"size": "small"}}
    async with page.stream(
        "threads.custom_action",
        thread_id=thread_id_of(shop),
        item_id=shop.done_items("widget")[0]["id"],
        action=action,
    ) as events:
        await events.rest()
    sent, _ = [await uploaded(page, "photo.png", image(size=(8, 8))) for _ in range(2)]
    await page.call("attachments.create", name="a.txt", size=4, mime_type="text/plain")
    with_file = user_input("Look") | {"attachments": [sent["id"]]}
    async with page.stream("threads.add_user_message", thread_id=thread, input=with_file) as events:
        await events.rest()
    for statement in BY_HAND:
        await owner.execute(statement, user, thread)
    return thread


async def begin_answer(page: ChatKitClient, owner: Any) -> str:
    """Begin an answer that does not end by itself, and leave; return its thread once it can be followed."""
    message = user_input("Hello") | {"inference_options": {"model": SLOW}}
    async with page.stream("threads.create", input=message) as events:
        thread_id = str((await events.until("thread.created"))["thread"]["id"])
    async with asyncio.timeout(PATIENCE):
        while not await owner.fetch("select from chatkit.turn_events where thread_id = $1", thread_id):
            pass
    return thread_id


async def uploaded(page: ChatKitClient, name: str, data: bytes) -> dict[str, Any]:
    """Upload a file and return the attachment."""
    response = await page.http.post("/chatkit/files", files={"file": (name, data, "image/png")})
    assert response.status_code == 200, response.text
    attachment: dict[str, Any] = response.json()
    return attachment
