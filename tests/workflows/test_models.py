"""Models that end: replaced where the operator has confirmed it, said where not."""

import logging
from datetime import date

import pytest
from openai.types.shared import Reasoning

from app.errors import ConfigurationError
from app.workflows.models import endings
from app.workflows.registry import Workflows
from app.workflows.serving import load_workflows
from tests.workflows.conftest import Export
from tests.workflows.hosting import GUEST, Host, loaded, settings_for

ALIASES = """\
[models]
"gpt-4.1" = "gpt-6-luna"
"gpt-5" = "gpt-6.1-sol"
"o4-mini" = { use = "gpt-4.1-mini" }
"""


@pytest.mark.proves("AB-26")
async def test_a_confirmed_successor_answers_without_what_it_refuses(export: Export) -> None:
    workflow = loaded(export("library_desk.py", config=ALIASES))
    clerk, buyer, sorter = (workflow.agents[name] for name in ("clerk", "buyer", "sorter"))

    assert (clerk.model, buyer.model, sorter.model) == ("gpt-6-luna", "gpt-6.1-sol", "gpt-4.1-mini")
    assert (clerk.model_settings.temperature, clerk.model_settings.top_p) == (None, None)
    assert clerk.model_settings.max_tokens == 2048
    assert buyer.model_settings.reasoning == Reasoning(effort="low", summary="auto")
    assert sorter.model_settings.temperature == 0
    said = [rewrite.what for rewrite in workflow.rewrites if rewrite.name == "models"]
    assert "gpt-4.1 is gpt-6-luna" in said
    assert "gpt-6-luna does not take `temperature`: it is left out" in said
    assert "gpt-6.1-sol has another effort of reasoning: low" in said


@pytest.mark.proves("AB-26")
async def test_guardrails_ask_the_successor_too(export: Export) -> None:
    workflow = loaded(export("guard_first.py", config='[models]\n"gpt-5-mini" = "gpt-6.1-terra"\n'))
    host = Host("Hello.")

    await host.turn(workflow, "Good day")

    assert workflow.models == ("gpt-6.1-terra", "gpt-4.1")


async def test_what_the_operator_says_of_a_model_is_added(export: Export) -> None:
    config = '[models]\n"gpt-4.1" = { use = "local/big", drop = ["store", "parallel_tool_calls"] }\n'
    clerk = loaded(export("library_desk.py", config=config)).agents["clerk"]

    assert (clerk.model_settings.store, clerk.model_settings.parallel_tool_calls) == (None, None)
    assert clerk.model_settings.temperature == 1


async def test_a_model_named_once_at_the_top_is_replaced_where_it_is_used(export: Export) -> None:
    text = export("endless.py").read_text().replace('model="gpt-4.1"', "model=MODEL")
    text = text.replace("writer = ", 'MODEL = "gpt-4.1"\nwriter = ')
    workflow = loaded(export("endless.py", text, config=ALIASES))

    assert workflow.agents["writer"].model == "gpt-6-luna"


@pytest.mark.proves("AB-26")
def test_without_a_confirmation_nothing_changes_and_the_end_is_said_at_start_and_weekly(
    export: Export, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = export("library_desk.py")

    with caplog.at_level(logging.WARNING):
        assistant = load_workflows(settings_for(path))

    assert loaded(path).agents["buyer"].model == "gpt-5"
    said = [record.getMessage() for record in caplog.records if "shut down" in record.getMessage()]
    assert [sentence.split()[0] for sentence in said] == ["o4-mini", "gpt-5", "gpt-4.1"]
    assert '"gpt-5" = "gpt-6.1-sol"' in said[1]

    caplog.clear()
    assert isinstance(assistant.workflows, Workflows)
    assistant.workflows.choose(GUEST)
    assert caplog.records == []
    monkeypatch.setattr("app.workflows.registry.WEEK", 0.0)
    assistant.workflows.choose(GUEST)
    assert [record.getMessage() for record in caplog.records] == said


def test_a_model_that_was_replaced_is_not_warned_of() -> None:
    assert endings(["gpt-6-luna", "gpt-6.1-sol"], date(2026, 11, 24)) == []
    assert "was shut down" in endings(["o4-mini"], date(2026, 11, 24))[0]
    assert "will be shut down" in endings(["gpt-5-2025-08-07"], date(2026, 11, 24))[0]


def test_what_is_no_replacement_is_said(export: Export) -> None:
    path = export("library_desk.py", config='[models]\n"gpt-4.1" = { to = "gpt-6-luna" }\n')

    with pytest.raises(ConfigurationError, match=r"models\.gpt-4\.1.*: a model is replaced by"):
        loaded(path)
