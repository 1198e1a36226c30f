"""What of the settings in an export holds for its runs here, and what the server decides."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from agents import Agent, MultiProvider, RunConfig
from agents.run import CallModelData, ModelInputData

from app.assistant import Assistant
from app.assistant.models import ServerModels
from app.context import Principal, RequestContext, SessionTerms
from app.ids import ThreadId, TurnId, UserId
from app.settings import Settings
from app.turns.workflows.run_settings import MAX_STEPS, RunSettings
from app.workflows.settings import WorkflowSettings
from tests.turns.workflows.exports import assistant_desk
from tests.turns.workflows.served import OneWorkflow

CONTEXT = RequestContext(Principal(UserId("user_1")), "req_1")


class NoFiles:
    """Files of a user who has none."""

    def for_run(self, _: UserId) -> "NoFiles":
        return self

    async def resolved(self, items: list[Any]) -> list[Any]:
        return [*items, "resolved"]


def settings_of(context: RequestContext = CONTEXT, **settings: Any) -> RunSettings:
    models = ServerModels(Settings(openai_api_key="sk-test"))
    assistant = Assistant(Agent(name="A"), models=models, tracing=True)
    answering: Any = SimpleNamespace(assistant=assistant, files_for_model=NoFiles())
    workflow = replace(
        cast("OneWorkflow", assistant_desk.workflows).workflow, settings=WorkflowSettings(**settings)
    )
    return RunSettings(answering, workflow, ThreadId("thr_1"), TurnId("turn_1"), context)


@pytest.mark.proves("AB-29")
def test_traces_name_the_thread_and_can_be_switched_off() -> None:
    session = SessionTerms("cksess_1", "wf_1", tracing=False)
    traced = settings_of().options({})["run_config"]

    assert (traced.group_id, traced.trace_id, traced.workflow_name) == ("thr_1", "trace_1", "desk")
    assert not traced.tracing_disabled
    assert not traced.trace_include_sensitive_data
    assert settings_of(replace(CONTEXT, session=session)).options({})["run_config"].tracing_disabled
    assert settings_of(tracing=False).options({})["run_config"].tracing_disabled
    theirs = RunConfig(tracing_disabled=True)
    assert settings_of().options({"run_config": theirs})["run_config"].tracing_disabled


@pytest.mark.proves("AB-02")
async def test_what_an_export_says_of_a_run_passes_through() -> None:
    seen: list[Any] = []

    def own_filter(call: CallModelData[Any]) -> ModelInputData:
        seen.append(list(call.model_data.input))
        return ModelInputData(["theirs"], None)  # type: ignore[list-item]

    provider = type("Own", (MultiProvider,), {})()
    given = RunConfig(
        trace_metadata={"workflow_id": "wf_1"}, model_provider=provider, call_model_input_filter=own_filter
    )

    options = settings_of().options({"context": "theirs", "max_turns": 3, "hooks": None, "run_config": given})
    config = options["run_config"]
    call = CallModelData(ModelInputData(["asked"], None), Agent(name="A"), None)  # type: ignore[list-item]

    assert (options["context"], options["max_turns"], options["hooks"]) == ("theirs", 3, None)
    assert config.trace_metadata == {"workflow_id": "wf_1"}
    assert config.model_provider is provider
    assert (await config.call_model_input_filter(call)).input == ["theirs", "resolved"]
    assert seen == [["asked"]]
    default = settings_of().options({"run_config": {"workflow_name": "theirs"}})
    assert isinstance(default["run_config"].model_provider, ServerModels)
    assert default["max_turns"] == MAX_STEPS
