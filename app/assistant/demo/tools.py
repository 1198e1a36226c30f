"""Real function tools, so that tool activity can be seen; the weather is invented."""

from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from agents import function_tool

SKIES = ("clear sky", "a few clouds", "overcast", "light rain", "a passing shower", "fog that lifts by noon")

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
