"""Function tools of an export that the page runs: the turn ends with the call and goes on with its result."""

from pathlib import Path
from typing import Any

import pytest

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import call_tool, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, RunningServer, serving, thread_id_of
from tests.turns.approving import ANSWER, APPROVE, form_of, pauses
from tests.turns.rows import transcript
from tests.turns.waiting import OUTPUT, give, sent_calls
from tests.turns.workflows.test_conversations import sent

EXPORT = '''
from agents import Agent, Runner, TResponseInputItem, function_tool
from pydantic import BaseModel

@function_tool
def open_map(place: str):
    pass

@function_tool
def mark(place: str):
    pass

@function_tool(needs_approval=True)
def book(place: str):
    """Book a table."""
    return f"booked {place}"

guide = Agent(name="Guide", instructions="Help.", model="gpt-6-luna", tools=[open_map, mark, book])
editor = Agent(name="Editor", instructions="In one line.", model="gpt-6-luna")

class WorkflowInput(BaseModel):
    input_as_text: str

async def run_workflow(workflow_input: WorkflowInput):
    state = {"shown": 0}
    workflow = workflow_input.model_dump()
    conversation_history: list[TResponseInputItem] = [
        {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
    ]
    guide_result_temp = await Runner.run(guide, input=[*conversation_history])
    conversation_history.extend([item.to_input_item() for item in guide_result_temp.new_items])
    state["shown"] = state["shown"] + 1
    editor_result_temp = await Runner.run(editor, input=[*conversation_history])
    conversation_history.extend([item.to_input_item() for item in editor_result_temp.new_items])
    return {"output_text": editor_result_temp.final_output_as(str)}
'''

MAP = call_tool("open_map", {"place": "Delft"}, call_id="call_map")
MARK = call_tool("mark", {"place": "Delft"}, call_id="call_mark")
BOOK = call_tool("book", {"place": "Delft"}, call_id="call_book")


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    path = tmp_path / "guide.py"
    path.write_text(EXPORT)
    path.with_suffix(".toml").write_text('[tools]\nopen_map = "client"\nmark = "client"\n')
    return settings.model_copy(update={"agent": str(path)})


def calls(events: EventReader) -> list[dict[str, Any]]:
    """The calls that the page is asked to make."""
    return [
        {key: item[key] for key in ("name", "arguments", "status", "call_id")}
        for item in events.done_items("client_tool_call")
    ]


@pytest.mark.proves("AB-22", "AB-10")
async def test_the_page_runs_a_tool_and_the_workflow_goes_on_in_another_process(
    client: ChatKitClient,
    server: RunningServer,
    settings: Settings,
    provider: FakeProvider,
    database: Database,
) -> None:
    provider.respond(say("Look."), MAP)
    first = await client.say("Where is it?")
    thread_id = thread_id_of(first)
    await server.stop()
    provider.respond(say("There."))
    provider.respond(say("It is in Delft."))
    async with serving(settings) as other:
        again = client.as_seen_by(other)
        second = await give(again, thread_id, {"seen": True})
        items = await again.items(thread_id)

    assert calls(first) == [
        {"name": "open_map", "arguments": {"place": "Delft"}, "status": "pending", "call_id": "call_map"}
    ]
    assert first.seen[-1]["item"]["type"] == "client_tool_call"
    assert second.text == "There.It is in Delft."
    assert len(provider.requests) == 3
    assert sent_calls(provider) == [("function_call", "open_map"), ("function_call_output", '{"seen": true}')]
    [stored] = [item for item in items if item["type"] == "client_tool_call"]
    assert (stored["status"], stored["output"]) == ("completed", {"seen": True})
    kinds = [row.get("role") or row["type"] for row in await transcript(database)]
    assert sorted(kinds) == sorted(
        ["user", "assistant", "function_call", "function_call_output", "assistant", "assistant"]
    )
    assert [row["state"] for row in await pauses(database)] == [None]


@pytest.mark.proves("AB-22", "AB-21")
async def test_several_calls_of_one_step_are_made_one_after_the_other_behind_what_the_user_decides(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(MAP, BOOK, MARK)
    events = await client.say("Show and book it")
    where, form = form_of(events)
    answer = {form["inputs"][0]["id"]: {"values": [APPROVE], "skipped": False}}
    async with client.stream(ANSWER, **where, input={"status": "answered", "answers": answer}) as middle:
        await middle.rest()
    before = len(provider.requests)
    last = await give(client, where["thread_id"], "shown")
    provider.respond(say("Done."))
    provider.respond(say("All done."))
    end = await give(client, where["thread_id"], "marked")

    assert [question["question"] for question in form["inputs"]] == ["Allow this: Book?\n• place: “Delft”"]
    assert calls(events) == []
    assert [call["name"] for call in calls(middle)] == ["open_map"]
    assert [call["name"] for call in calls(last)] == ["mark"]
    assert before == 1
    assert end.text == "Done.All done."
    outputs = [said for kind, said in sent_calls(provider) if kind == "function_call_output"]
    assert sorted(outputs) == ["booked Delft", "marked", "shown"]
    assert len(provider.requests) == 3


@pytest.mark.proves("AB-22", "AB-12")
async def test_a_message_instead_of_the_result_closes_the_call(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(MAP, MARK)
    thread_id = thread_id_of(await client.say("Where is it?"))
    provider.always(say("Fine."))

    await client.say("Never mind", thread_id)

    late = await client.post(OUTPUT, thread_id=thread_id, result="late")
    assert late.status_code == 409
    outputs = {row["call_id"]: row["output"] for row in await transcript(database) if row.get("output")}
    assert "did not answer" in outputs["call_map"]
    assert "one thing at a time" in outputs["call_mark"]
    assert sent(provider)[0] == "Where is it?"
    assert [row["state"] for row in await pauses(database)] == [None]


@pytest.mark.proves("AB-22", "AB-11")
async def test_a_result_for_a_file_that_has_changed_is_remembered_and_nothing_is_done(
    client: ChatKitClient, settings: Settings, tmp_path: Path, provider: FakeProvider, database: Database
) -> None:
    provider.respond(MAP)
    thread_id = thread_id_of(await client.say("Where is it?"))
    (tmp_path / "guide.py").write_text(EXPORT + "\n# changed\n")
    async with serving(settings) as other:
        events = await give(client.as_seen_by(other), thread_id, "shown")

    assert events.seen[-1]["message"].startswith("This cannot go on where it stopped")
    assert len(provider.requests) == 1
    outputs = [row["output"] for row in await transcript(database) if row.get("output")]
    assert outputs == ["shown"]
