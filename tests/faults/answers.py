"""What must be true of an answer, however it went wrong."""

from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, thread_id_of


async def consistent(client: ChatKitClient, provider: FakeProvider, events: EventReader) -> None:
    """Check that a reload shows what the stream did, and that the thread goes on."""
    await agree(client, events)
    provider._queue.clear()
    provider.respond(say("Here again"))
    assert (await client.say("Still there?", thread_id_of(events))).text == "Here again"


async def agree(client: ChatKitClient, events: EventReader) -> None:
    """Check that a reload shows what the stream did."""
    items = {item["id"]: item for item in await client.items(thread_id_of(events))}
    done = {
        event["item"]["id"]: event["item"] for event in events.seen if event["type"] == "thread.item.done"
    }
    assert done.keys() <= items.keys()
    for item in done.values():
        if item["type"] == "assistant_message":
            assert items[item["id"]]["content"] == item["content"]


def errors(events: EventReader) -> list[str]:
    return [event["message"] for event in events.seen if event["type"] == "error"]
