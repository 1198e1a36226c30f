"""Real function tools, so that tool activity can be seen; nothing in the world outside is changed by any."""

from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from agents import RunContextWrapper, function_tool
from chatkit.types import (
    LockedStatus,
    StructuredInputFreeform,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
)

from app.assistant.agent_context import AgentContext

SKIES = ("clear sky", "a few clouds", "overcast", "light rain", "a passing shower", "fog that lifts by noon")

CANCELLED = "Cancelled: order "
"""How the result of `cancel_order` begins."""

TIME_ZONES = {
    "auckland": "Pacific/Auckland",
    "berlin": "Europe/Berlin",
    "cairo": "Africa/Cairo",
    "london": "Europe/London",
    "nairobi": "Africa/Nairobi",
    "new york": "America/New_York",
    "paris": "Europe/Paris",
    "riga": "Europe/Riga",
    "san francisco": "America/Los_Angeles",
    "são paulo": "America/Sao_Paulo",
    "singapore": "Asia/Singapore",
    "sydney": "Australia/Sydney",
    "tokyo": "Asia/Tokyo",
}


@function_tool
def weather_report(city: str) -> str:
    """Tell the weather in a city. The same city always has the same, invented, weather."""
    digest = sha256(city.strip().casefold().encode()).digest()
    return f"{SKIES[digest[0] % len(SKIES)]}, {digest[1] % 30 - 2} °C, wind {digest[2] % 40} km/h"


@function_tool
def current_time(city: str) -> str:
    """Tell the time in a city, or in UTC for a city that is not in the table."""
    zone = TIME_ZONES.get(city.strip().casefold())
    # A machine without time zone data knows UTC all the same.
    now = datetime.now(UTC)
    try:
        local = now.astimezone(ZoneInfo(zone)) if zone else now
    except (KeyError, OSError):
        local = now
    return f"{local:%H:%M} {local.tzname()}"


@function_tool
def window_size(context: RunContextWrapper[AgentContext]) -> None:
    """Ask the page for the size of the window it is in."""
    context.context.call_client_tool("window_size")


@function_tool
async def take_order(context: RunContextWrapper[AgentContext]) -> str:
    """Ask the user which pizza they would like."""
    await context.context.ask(
        StructuredInputMultipleChoice(id="size", question="Which size?", options=_options("Small", "Large")),
        StructuredInputMultipleChoice(
            id="toppings",
            question="What shall be on it?",
            options=_options("Mushrooms", "Olives", "Artichokes"),
            multiple=True,
        ),
        StructuredInputFreeform(
            id="wish", question="Anything else?", description="Nothing is too much for an invented pizza."
        ),
    )
    return "The user is asked; what they say comes next."


@function_tool
def lock_conversation(context: RunContextWrapper[AgentContext]) -> str:
    """Take no more messages in this conversation."""
    context.context.thread.status = LockedStatus(reason="The demo has locked it, because you asked it to.")
    return "The conversation is locked."


@function_tool(needs_approval=True)
def cancel_order(order_number: str, reason: str) -> str:  # noqa: ARG001
    """Pretend to cancel an order; this takes the user's approval."""
    return f"{CANCELLED}{order_number}"


def _options(*values: str) -> list[StructuredInputMultipleChoiceOption]:
    return [StructuredInputMultipleChoiceOption(value=value) for value in values]
