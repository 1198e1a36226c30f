"""Which models end when, and what we would put in their place.

Dates and replacements are those of the vendor's deprecations page of November 2026; `GET /v1/models` carries
`shutdown_date` and is newer wherever it can be asked. A replacement is a proposal: nothing here applies it.
"""

import re
from dataclasses import dataclass
from datetime import date

DEPRECATIONS = "https://platform.openai.com/docs/deprecations"

_GONE, _DECEMBER, _JANUARY, _APRIL = (
    date(2026, 10, 23),
    date(2026, 12, 11),
    date(2027, 1, 14),
    date(2027, 4, 1),
)
_DATED = re.compile(r"^(?P<name>.+?)-(\d{4}-\d{2}-\d{2}|\d{4})$")


@dataclass(frozen=True)
class Retirement:
    """The end of a model."""

    day: date
    replacement: str


RETIREMENTS: dict[str, Retirement] = {
    "gpt-3.5-turbo": Retirement(_GONE, "gpt-5.6-terra"),
    "gpt-4": Retirement(_GONE, "gpt-5.6-sol"),
    "gpt-4-turbo": Retirement(_GONE, "gpt-5.6-sol"),
    "gpt-4.1-nano": Retirement(_GONE, "gpt-5.6-luna"),
    "o1": Retirement(_GONE, "gpt-5.6-sol"),
    "o1-pro": Retirement(_GONE, "gpt-5.6-sol"),
    "o3-mini": Retirement(_GONE, "gpt-5.6-sol"),
    "o4-mini": Retirement(_GONE, "gpt-5.6-terra"),
    "gpt-5": Retirement(_DECEMBER, "gpt-6.1-sol"),
    "gpt-5-pro": Retirement(_DECEMBER, "gpt-6.1-sol"),
    "gpt-5-mini": Retirement(_DECEMBER, "gpt-6.1-terra"),
    "gpt-5-nano": Retirement(_DECEMBER, "gpt-6-luna"),
    "o3": Retirement(_DECEMBER, "gpt-6.1-sol"),
    "o3-pro": Retirement(_DECEMBER, "gpt-6.1-sol"),
    "gpt-4o": Retirement(_JANUARY, "gpt-6-luna"),
    "gpt-4o-mini": Retirement(_JANUARY, "gpt-6-luna"),
    "gpt-4.1": Retirement(_JANUARY, "gpt-6-luna"),
    "gpt-4.1-mini": Retirement(_JANUARY, "gpt-6-luna"),
    "gpt-5.1": Retirement(_APRIL, "gpt-6.1-sol"),
}


def retirement(model: str) -> Retirement | None:
    """When a model ends, dated snapshots included; None if no end is known."""
    found = RETIREMENTS.get(model)
    dated = _DATED.match(model)
    return found or (RETIREMENTS.get(dated["name"]) if dated else None)
