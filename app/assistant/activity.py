"""How the calls of a tool are shown while it works: named by the integrator, for people.

Knows nothing of how a task is drawn; the mapper asks it for words and an icon.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.assistant.icons import is_icon


@dataclass(frozen=True, slots=True)
class Activity:
    """What is shown of each call of one tool.

        Activity("Looking up order {number}", done="Order {number}", icon="suitcase")

    A word in braces is an argument of the call. Arguments that are not named in this way are not shown, and
    neither is what the tool returns.
    """

    title: str
    """What it is called while it goes on."""
    done: str = ""
    """What it is called from its end on; the same if nothing is given."""
    failed: str = ""
    """What it is called when it did not work out; the title and that it failed if nothing is given."""
    icon: str = "bolt"
    """One of ChatKit's icon names."""

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("an Activity has a title")
        if not is_icon(self.icon):
            raise ValueError(f"ChatKit has no icon {self.icon!r}")


Activities = Mapping[str, Activity | None]
"""By name of the tool; None for a tool whose calls are not shown."""


def activities(given: Mapping[str, Activity | str | None]) -> Activities:
    """Return `given` with a bare title made an `Activity`; raise `TypeError` for anything else."""
    made: dict[str, Activity | None] = {}
    for name, activity in given.items():
        if activity is not None and not isinstance(activity, Activity | str):
            raise TypeError(f"the activity of {name} is an Activity, a title, or None to hide it")
        made[name] = Activity(activity) if isinstance(activity, str) else activity
    return made
