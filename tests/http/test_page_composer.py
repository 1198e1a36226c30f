"""What the page offers in its composer, as it follows from the assistant."""

from agents import Agent

from app.assistant import Assistant
from app.assistant.selectable import SelectableModel, SelectableTool
from app.attachments import Limits
from app.page.composer import composer_option

AGENT = Agent(name="A")


def test_what_the_server_would_refuse_is_not_offered() -> None:
    assert composer_option(Assistant(AGENT, transcribe=False), None) == {"dictation": {"enabled": False}}


def test_files_models_tools_and_dictation_are_offered_as_the_widget_takes_them() -> None:
    assistant = Assistant(
        AGENT,
        selectable_models=[SelectableModel("quick", "Quick", model="m", default=True)],
        selectable_tools=[SelectableTool("search", "Search", tool="web_search", pinned=True)],
        transcribe=lambda recording, context: "said",
    )

    assert composer_option(assistant, Limits(("image/*",), max_bytes=9, max_per_message=3)) == {
        "attachments": {"enabled": True, "maxSize": 9, "maxCount": 3, "accept": {"image/*": []}},
        "models": [{"id": "quick", "label": "Quick", "default": True}],
        "tools": [{"id": "search", "label": "Search", "icon": "sparkle", "pinned": True}],
        "dictation": {"enabled": True},
    }
