"""What the demo has for the composer: tools to choose, things to mention, and what it says of all that."""

import re

from app.assistant.demo.tools import TIME_ZONES
from app.assistant.selectable import SelectableTool
from app.context import RequestContext

TOOLS = (
    SelectableTool("weather", "Weather", tool="weather_report", icon="compass", placeholder="Which city?"),
    SelectableTool("time", "Time", tool="current_time", icon="globe", placeholder="Which city?"),
)

CITY = "city:"
"""How the ids of cities begin that a message may mention: `city:riga`."""

MODELS = """\
This answer comes from the model **{model}**. There are two of me, *Demo* and *Demo, quick*, and tools to \
choose besides: choose one in the composer, and your message carries its id. What the id stands for is known \
to the server alone, and an id that it does not know is refused before anything is stored."""

NO_MENTION = """\
You have mentioned nothing. Type `@` where the page offers it, and choose a city: the page sends its id, and \
the server looks up what I shall know of it."""

MENTION = """\
You mentioned **{name}**. The page has sent an id; what I know of it, the server has looked up:

> {text}"""

LOCKED = """\
I have locked this conversation, with a reason that you read where you could write before. Reading, \
renaming and deleting it still work. Whoever runs the server opens it with `chatkit-server threads unlock`."""

NO_LOCK = "I was given no tool to lock this conversation with."

_ABOUT = re.compile(r"^About @(?P<name>.{1,200}):\n> (?P<text>.*)$", re.MULTILINE)


def describe_tag(tag_id: str, _: RequestContext) -> str | None:
    """Say what there is to know of a city."""
    city = tag_id.removeprefix(CITY)
    if not tag_id.startswith(CITY) or city not in TIME_ZONES:
        return None
    return f"{city.title()} keeps the time of {TIME_ZONES[city]}."


def mentioned(question: str) -> tuple[str, str] | None:
    """Return the name of the first thing that a message mentions, and what the server knows of it."""
    found = _ABOUT.search(question)
    return (found["name"], found["text"]) if found else None
