"""A valid request of every operation, about things that exist: what the attacks begin with."""

import base64
from dataclasses import dataclass
from typing import Any

from tests.serving import ChatKitClient, thread_id_of, user_input

JSON = dict[str, Any]

SILENCE = base64.b64encode(b"RIFF\0\0\0\0WAVEfmt ").decode()


@dataclass(frozen=True)
class Things:
    """What a user has, by id."""

    thread_id: str
    message_id: str
    answer_id: str
    widget_id: str
    form_thread_id: str
    form_id: str
    attachment_id: str
    cursor: str


async def begun(client: ChatKitClient) -> Things:
    """Give a user a thread with a widget, another with a form that waits, and a file."""
    await client.say("Hello")
    thread_id = thread_id_of(await client.say("/widget"))
    items = await client.items(thread_id)
    form_thread_id = thread_id_of(await client.say("/ask"))
    form = (await client.items(form_thread_id))[-1]
    uploaded = await client.http.post("/chatkit/files", files={"file": ("a.txt", b"x", "text/plain")})
    threads = await client.call("threads.list", limit=1, order="desc")
    by_type = {item["type"]: item["id"] for item in items}
    return Things(
        thread_id=thread_id,
        message_id=by_type["user_message"],
        answer_id=by_type.get("assistant_message", by_type["user_message"]),
        widget_id=by_type["widget"],
        form_thread_id=form_thread_id,
        form_id=form["id"],
        attachment_id=uploaded.json()["id"],
        cursor=threads["after"],
    )


def requests(things: Things) -> list[JSON]:
    """Return requests that would be accepted, at least one of each operation."""
    tag = {"type": "input_tag", "id": "u1", "text": "Ada", "data": {"team": "red"}, "interactive": True}
    message = {
        **user_input("Hi"),
        "content": [{"type": "input_text", "text": "Hi "}, tag],
        "attachments": [things.attachment_id],
        "quoted_text": "as was said",
        "inference_options": {"model": None, "tool_choice": {"id": "x"}},
    }
    thread, item = {"thread_id": things.thread_id}, {"item_id": things.message_id}
    action = {"type": "like", "payload": {"id": 1, "deep": [{"a": None}]}}
    answers = {"question": {"values": ["a"], "skipped": False}}
    of_page = {"limit": 3, "order": "asc", "after": things.cursor}
    announced = {"name": "a.png", "size": 10, "mime_type": "image/png"}
    return [
        _request("threads.create", input=message),
        _request("threads.create", input=user_input("/thinking")),
        _request("threads.add_user_message", **thread, input=message),
        _request("threads.add_client_tool_output", **thread, result={"a": [1, 2.5, None, "x"]}),
        _request(
            "threads.add_structured_input",
            thread_id=things.form_thread_id,
            item_id=things.form_id,
            input={"status": "answered", "answers": answers},
        ),
        _request("threads.retry_after_item", **thread, **item),
        _request("threads.custom_action", **thread, item_id=things.widget_id, action=action),
        _request("threads.sync_custom_action", **thread, item_id=things.widget_id, action=action),
        _request("threads.get_by_id", **thread),
        _request("threads.list", **of_page),
        _request("threads.update", **thread, title="A title"),
        _request("threads.delete", thread_id=f"{things.thread_id}x"),
        _request("items.list", **thread, **of_page),
        _request("items.feedback", **thread, item_ids=[things.answer_id], kind="positive"),
        _request("attachments.create", **announced),
        _request("attachments.delete", attachment_id=f"{things.attachment_id}x"),
        _request("input.transcribe", audio_base64=SILENCE, mime_type="audio/webm"),
    ]


def _request(operation: str, **params: Any) -> JSON:
    return {"type": operation, "params": params, "metadata": {"tenant": "t"}}
