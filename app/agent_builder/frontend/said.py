"""What is said of a place in one text, before it is known in which file and line that is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A rule, the place in the text, what is there, and what to do."""

    rule: str
    at: int
    what: str
    do: str
