"""The demo shows what an answer can wait for: a tool of the page, questions to the user, their approval."""

import pytest

from tests.serving import ChatKitClient, thread_id_of


async def test_it_asks_the_page_for_the_size_of_its_window(client: ChatKitClient) -> None:
    first = await client.say("How large is my browser window?")
    call = first.seen[-1]["item"]
    result = {"width": 1280, "height": 720}
    where = {"thread_id": thread_id_of(first)}
    async with client.stream("threads.add_client_tool_output", **where, result=result) as events:
        await events.rest()

    assert (call["type"], call["name"], call["arguments"]) == ("client_tool_call", "window_size", {})
    assert "1280 × 720" in events.text


async def test_it_asks_the_user_and_says_what_they_answered(client: ChatKitClient) -> None:
    first = await client.say("/order")
    item = first.seen[-1]["item"]
    answers = {"size": {"values": ["Large"]}, "wish": {"values": ["<b>Extra</b> hot"]}}
    request = {"thread_id": thread_id_of(first), "item_id": item["id"], "input": {"answers": answers}}
    async with client.stream("threads.add_structured_input", **request) as events:
        await events.rest()

    assert item["type"] == "structured_input"
    assert "Which size?: Large" in events.text
    assert "What shall be on it?: skipped" in events.text
    assert "<b>" not in events.text


@pytest.mark.parametrize(
    ("value", "said"), [("Approve", "Cancelled: order 1042"), ("Refuse", "You have not allowed it")]
)
async def test_it_asks_before_it_cancels_an_order(client: ChatKitClient, value: str, said: str) -> None:
    first = await client.say("/approve")
    item = first.seen[-1]["item"]
    answers = {"approval_1": {"values": [value]}}
    request = {"thread_id": thread_id_of(first), "item_id": item["id"], "input": {"answers": answers}}
    async with client.stream("threads.add_structured_input", **request) as events:
        await events.rest()

    assert item["inputs"][0]["question"].startswith("Allow this: Cancel order?")
    assert "1042" in item["inputs"][0]["question"]
    assert said in events.text
