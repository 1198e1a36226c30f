"""The demo shows what the composer can add to a message, and a conversation that is locked."""

from typing import Any

from tests.serving import ChatKitClient, EventReader, thread_id_of, user_input


async def ask(client: ChatKitClient, text: str, **options: Any) -> EventReader:
    """Begin a thread with a message that chooses something."""
    message = user_input(text) | {"inference_options": options}
    async with client.stream("threads.create", input=message) as events:
        await events.rest()
    return events


async def test_it_names_the_model_that_was_chosen(client: ChatKitClient) -> None:
    assert "the model **demo**" in (await ask(client, "/models")).text
    assert "the model **demo-quick**" in (await ask(client, "/models", model="demo-quick")).text
    refused = await client.post("threads.create", input=user_input("Hi") | _choosing("gpt-5"))
    assert "“gpt-5” is not available" in refused.json()["message"]


async def test_it_uses_the_tool_that_was_chosen_whatever_the_message_says(client: ChatKitClient) -> None:
    events = await ask(client, "Oslo, please", tool_choice={"id": "weather"})

    assert events.done_items("workflow")
    assert "In Oslo: **" in events.text
    assert "the weather is invented" in events.text


async def test_it_tells_what_the_server_knows_of_a_mention(client: ChatKitClient) -> None:
    tag = {"type": "input_tag", "id": "city:riga", "text": "Riga", "data": {"zone": "client-claim"}}
    foreign = {"type": "input_tag", "id": "city:atlantis", "text": "Atlantis", "data": {}}
    async with client.stream("threads.create", input=user_input("") | {"content": [foreign, tag]}) as events:
        await events.rest()

    assert "You mentioned **Riga**" in events.text
    assert "Riga keeps the time of Europe/Riga." in events.text
    assert "client-claim" not in events.text


async def test_it_locks_the_conversation(client: ChatKitClient) -> None:
    events = await client.say("/lock")
    thread_id = thread_id_of(events)
    refused = await client.post("threads.add_user_message", thread_id=thread_id, input=user_input("Hi"))

    assert "I have locked this conversation" in events.text
    assert refused.status_code == 409
    assert "because you asked it to" in refused.json()["message"]


def _choosing(model: str) -> dict[str, Any]:
    return {"inference_options": {"model": model}}
