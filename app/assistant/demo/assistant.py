"""The demo as an assistant."""

from agents import Agent

from app.assistant.assistant import Assistant
from app.assistant.demo.model import WORD_SECONDS, DemoModel
from app.assistant.demo.replies import title_for
from app.assistant.demo.tools import current_time, take_order, weather_report, window_size
from app.context import RequestContext


def demo_assistant(*, word_seconds: float = WORD_SECONDS) -> Assistant:
    """Return the demo assistant; `word_seconds` is its pace."""
    tools = [weather_report, current_time, window_size, take_order]
    agent = Agent(name="Demo", model=DemoModel(word_seconds), tools=[*tools])
    return Assistant(agent, titles=_title, tracing=False)


def _title(user_text: str, _: RequestContext) -> str:
    return title_for(user_text)
