"""What a call is called: by the integrator, by the tool itself, or by the words of its name.

Arguments are read here and nowhere else, and shown only where the integrator has named them in a title.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatkit.icons import IconName

from app.assistant.activity import Activities, Activity
from app.assistant.icons import known_icon
from app.turns.mapper.raw import field
from app.turns.mapper.text import headline
from app.turns.mapper.wording import Wording, Words, spoken

_PLACE = re.compile(r"\{(\w+)\}")
_NAMED = ("function_call", "custom_tool_call", "mcp_call", "mcp_approval_request")


@dataclass(frozen=True, slots=True)
class Naming:
    """One for all calls of a run."""

    wording: Wording
    activities: Activities

    def hides(self, item: object) -> bool:
        """Say whether the integrator wants nothing shown of a call."""
        name = tool_name(item)
        return name in self.activities and self.activities[name] is None

    def names(self, item: object) -> bool:
        """Say whether the integrator has words for a call."""
        return self._activity(item) is not None

    def waits(self, item: object) -> bool:
        """Say whether the call's title needs arguments that have not come yet."""
        activity = self._activity(item)
        return activity is not None and bool(_PLACE.search(activity.title)) and _arguments(item) is None

    def of_call(self, item: object, own_title: str | None = None) -> Words | None:
        """Return the words for a call of a named tool; None if it has none. `own_title` is the tool's."""
        title = headline(own_title) if own_title else spoken(tool_name(item))
        usual = self.titled(title) if title else None
        return self._chosen(item) or usual

    def of_kind(self, item: object, usual: Words) -> Words:
        """Return the words for a call of a tool that is known by its kind."""
        return self._chosen(item) or usual

    def icon(self, item: object, usual: IconName) -> IconName | None:
        """Return the integrator's icon for a call, or the usual one."""
        activity = self._activity(item)
        return known_icon(activity.icon) if activity else usual

    def titled(self, title: str) -> Words:
        """Return the words for an activity of this title."""
        wording = self.wording
        return Words(
            running=title,
            done=title,
            failed=wording.tool_failed.format(tool=title),
            late=wording.tool_late.format(tool=title),
            rejected=wording.tool_rejected.format(tool=title),
        )

    def _activity(self, item: object) -> Activity | None:
        return self.activities.get(tool_name(item))

    def _chosen(self, item: object) -> Words | None:
        """Return the integrator's words; None where their title names what is no argument of this call."""
        if (activity := self._activity(item)) is None:
            return None
        arguments = _arguments(item) or {}
        if not (title := _filled(activity.title, arguments)):
            return None
        usual = self.titled(title)
        return Words(
            running=title,
            done=_filled(activity.done, arguments) or title,
            failed=_filled(activity.failed, arguments) or usual.failed,
            late=usual.late,
            rejected=usual.rejected,
        )


def tool_name(item: object) -> str:
    """Return the name of a call's tool; for the provider's own it is the type, as in ``web_search``."""
    kind, name = field(item, "type"), field(item, "name")
    if kind in _NAMED:
        return name if isinstance(name, str) else ""
    return kind.removesuffix("_call") if isinstance(kind, str) else ""


def _arguments(item: object) -> Mapping[str, Any] | None:
    given = field(item, "arguments")
    try:
        read = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _filled(title: str, arguments: Mapping[str, Any]) -> str:
    """Return `title` with its places filled, or nothing where an argument is no single value."""
    if not all(isinstance(arguments.get(place), str | int | float) for place in _PLACE.findall(title)):
        return ""
    return headline(_PLACE.sub(lambda found: headline(str(arguments[found[1]])), title))
