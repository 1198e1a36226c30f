"""A question that was asked by a version of a workflow which is not current any more when it is decided."""

from pathlib import Path

import pytest

from app.settings import Settings
from app.workflows.current import CurrentVersions
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, serving
from tests.turns.approving import APPROVE, decide, form_of
from tests.turns.workflows.test_conversations import sent

EXPORT = """
from agents import Agent, RunConfig, Runner
from pydantic import BaseModel

agent = Agent(name="Clerk", instructions="Version VERSION.", model="gpt-6-luna")

class WorkflowInput(BaseModel):
    input_as_text: str

def approval_request(message: str):
    return True

async def run_workflow(workflow_input: WorkflowInput):
    workflow = workflow_input.model_dump()
    conversation_history = [
        {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
    ]
    if approval_request("Version VERSION?"):
        result = await Runner.run(
            agent,
            input=[*conversation_history],
            run_config=RunConfig(trace_metadata={"workflow_id": "wf_desk"}),
        )
        return {"output_text": result.final_output_as(str)}
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two versions of one workflow."""
    files = [tmp_path / "one.py", tmp_path / "two.py"]
    for number, path in enumerate(files, 1):
        path.write_text(EXPORT.replace("VERSION", str(number)))
    return files


@pytest.fixture
def settings(settings: Settings, files: list[Path]) -> Settings:
    return settings.model_copy(update={"agent": ",".join(map(str, files))})


@pytest.mark.proves("AB-11", "AB-25")
async def test_the_version_that_has_asked_goes_on_and_the_next_message_gets_the_current_one(
    client: ChatKitClient, provider: FakeProvider, settings: Settings
) -> None:
    where, form = form_of(await client.say("Do it"))
    CurrentVersions(settings.data_dir).switch("wf_desk", "1", "2")
    provider.respond(say("Done."))

    events = await decide(client, where, APPROVE)
    next_form = form_of(await client.say("And again", where["thread_id"]))[1]

    assert form["inputs"][0]["question"] == "Version 2?"
    assert events.text == "Done."
    assert provider.requests[0].body["instructions"] == "Version 2."
    assert sent(provider)[0] == "Do it"
    assert next_form["inputs"][0]["question"] == "Version 1?"


@pytest.mark.proves("AB-11")
async def test_a_version_that_is_not_served_any_more_is_said_in_a_sentence(
    client: ChatKitClient, provider: FakeProvider, settings: Settings, files: list[Path]
) -> None:
    where, _ = form_of(await client.say("Do it"))
    async with serving(settings.model_copy(update={"agent": str(files[0])})) as other:
        events = await decide(client.as_seen_by(other), where, APPROVE)

    assert events.seen[-1]["message"].startswith("This cannot go on where it stopped")
    assert provider.requests == []
