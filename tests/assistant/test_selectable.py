"""What users may choose, as an integrator writes it down and the page is told."""

from pathlib import Path
from typing import Any

import pytest
from agents import Agent

from app.assistant import Assistant, SelectableModel, SelectableTool
from app.assistant.loading import load_assistant
from app.errors import ConfigurationError
from app.settings import Settings


@pytest.mark.proves("WIRE-63")
def test_an_entry_is_shown_as_the_composer_takes_it() -> None:
    model = SelectableModel("quick", "Quick", model="gpt-5-mini", default=True)
    tool = SelectableTool("web", "Search", tool="web_search", icon="globe", placeholder="What?", pinned=True)

    assert model.option() == {"id": "quick", "label": "Quick", "default": True}
    assert tool.option() == {
        "id": "web",
        "label": "Search",
        "icon": "globe",
        "placeholderOverride": "What?",
        "pinned": True,
    }


@pytest.mark.parametrize(
    ("kind", "fields", "complaint"),
    [
        (SelectableModel, {"id": "", "label": "Quick"}, "needs an id"),
        (SelectableModel, {"id": "x" * 101, "label": "Quick"}, "needs an id"),
        (SelectableTool, {"id": "web", "label": " ", "tool": "web_search"}, "a label"),
        (SelectableTool, {"id": "web", "label": "Search"}, "neither a tool nor an adapt function"),
        (SelectableModel, {"id": "a", "label": "A", "default": True, "disabled": True}, "at the same time"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(kind: Any, fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        kind(**fields)


def test_ids_are_unique_and_one_model_is_the_default() -> None:
    agent = Agent(name="A")
    twice = [SelectableModel("a", "A"), SelectableModel("a", "Other")]
    defaults = [SelectableModel("a", "A", default=True), SelectableModel("b", "B", default=True)]

    with pytest.raises(ValueError, match="one id twice: a"):
        Assistant(agent, selectable_models=twice)
    with pytest.raises(ValueError, match="only one"):
        Assistant(agent, selectable_models=defaults)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("selectable_models=[SelectableModel('m', 'M', model='gpt-5')]", "The choice m stands for gpt-5"),
        ("selectable_tools=[SelectableTool('t', 'T', tool='wether')]", "the tool wether, which the agent"),
    ],
)
def test_what_could_not_be_answered_with_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: str, complaint: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    module = tmp_path / "chosen.py"
    module.write_text(
        "from agents import Agent\n"
        "from app.assistant import Assistant, SelectableModel, SelectableTool\n"
        "from app.assistant.demo.model import DemoModel\n"
        f"assistant = Assistant(Agent(name='A', model=DemoModel()), {options})\n"
    )

    with pytest.raises(ConfigurationError, match=complaint):
        load_assistant(Settings(agent=f"{module}:assistant"))
