"""A thread whose answer has ended with a question for approval, and what comes of it."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.db.engine import Database
from tests.provider.script import CallTool, UseHostedTool, call_tool
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, Event, EventReader
from tests.turns.agents_to_approve import JOURNAL

ANSWER = "threads.add_structured_input"
AGENTS = Path(__file__).parent / "agents_to_approve.py"
APPROVE, REFUSE = "Approve", "Refuse"


def email(to: str = "bob@example.com", call_id: str = "call_email") -> CallTool:
    """The model's call of the tool that sends an e-mail."""
    return call_tool("send_email", {"to": to, "text": "Hello"}, call_id=call_id)


async def asked(
    client: ChatKitClient, provider: FakeProvider, *calls: CallTool | UseHostedTool
) -> tuple[dict[str, Any], Event]:
    """Begin a thread whose answer ends with a form for approval; return where that is, and it."""
    provider.respond(*(calls or (email(),)))
    return form_of(await client.say("Write to Bob"))


def form_of(events: EventReader) -> tuple[dict[str, Any], Event]:
    """The form that a turn has shown, and where it is."""
    (item,) = events.done_items("structured_input")
    return {"thread_id": item["thread_id"], "item_id": item["id"]}, item


def decision(*values: str) -> dict[str, Any]:
    """What a page sends: a value for each of the calls."""
    answers = {
        f"approval_{number}": {"values": [value], "skipped": False} for number, value in enumerate(values, 1)
    }
    return {"status": "answered", "answers": answers}


async def decide(client: ChatKitClient, where: dict[str, Any], *values: str) -> EventReader:
    """Approve or refuse the calls that wait, and read what comes of it."""
    async with client.stream(ANSWER, **where, input=decision(*values)) as events:
        await events.rest()
    return events


def done() -> list[str]:
    """What tools have done, in order."""
    journal = Path(os.environ[JOURNAL])
    return journal.read_text().splitlines() if journal.exists() else []


def calls_sent(provider: FakeProvider) -> list[tuple[str, str]]:
    """The calls and outputs that the model was sent last, in order, for either of OpenAI's APIs."""
    body = provider.requests[-1].body
    found: list[tuple[str, str]] = []
    for item in body.get("input", ()):
        if item.get("type") == "function_call":
            found.append(("call", item["name"]))
        elif item.get("type") == "function_call_output":
            found.append(("output", item["output"]))
    for message in body.get("messages", ()):
        found += [("call", call["function"]["name"]) for call in message.get("tool_calls") or ()]
        if message["role"] == "tool":
            found.append(("output", message["content"]))
    return found


async def pauses(database: Database) -> list[dict[str, Any]]:
    """The rows of all pauses, oldest first."""
    async with database.autocommit() as connection:
        rows = await connection.execute(text("select * from chatkit.pauses order by created_at"))
        return [dict(row) for row in rows.mappings()]


async def approvals(database: Database) -> list[dict[str, Any]]:
    """What an admin sees of them."""
    async with database.autocommit() as connection:
        rows = await connection.execute(text("select * from chatkit.admin_approvals order by asked_at, call"))
        return [dict(row) for row in rows.mappings()]
