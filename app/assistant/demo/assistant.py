"""The demo as an assistant."""

from agents import Agent

from app.assistant.assistant import Assistant
from app.assistant.demo import composer
from app.assistant.demo.model import WORD_SECONDS, DemoModel
from app.assistant.demo.replies import title_for
from app.assistant.demo.shop import ACTIONS, show_shop
from app.assistant.demo.tools import (
    cancel_order,
    current_time,
    lock_conversation,
    take_order,
    weather_report,
    window_size,
)
from app.assistant.selectable import SelectableModel
from app.context import RequestContext


def demo_assistant(*, word_seconds: float = WORD_SECONDS) -> Assistant:
    """Return the demo assistant; `word_seconds` is its pace."""
    tools = [
        weather_report,
        current_time,
        window_size,
        take_order,
        cancel_order,
        lock_conversation,
        show_shop,
    ]
    agent = Agent(name="Demo", model=DemoModel(word_seconds), tools=[*tools])
    models = (
        SelectableModel("demo", "Demo", description="Writes at a pace to read along", default=True),
        SelectableModel(
            "demo-quick", "Demo, quick", model=DemoModel(0, "demo-quick"), description="Writes at once"
        ),
    )
    return Assistant(
        agent,
        titles=_title,
        tracing=False,
        actions=ACTIONS,
        selectable_models=models,
        selectable_tools=composer.TOOLS,
        tags=composer.describe_tag,
    )


def _title(user_text: str, _: RequestContext) -> str:
    return title_for(user_text)
