"""Models that end, and what the operator has confirmed in their place. Nothing is replaced unasked."""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.workflows.retirements import DEPRECATIONS, retirement

logger = logging.getLogger(__name__)

REASONS = re.compile(r"o\d|gpt-5(?!.*chat)|gpt-[6-9]")
NO_MINIMAL_EFFORT = re.compile(r"gpt-5\.\d|gpt-[6-9]")
_PLAIN = re.compile(r"gpt-(3\.5|4)")


@dataclass(frozen=True, slots=True)
class ModelAlias:
    """What a model is replaced by, the settings that the new one refuses, and efforts by their new names."""

    use: str
    refused: frozenset[str] = frozenset()
    efforts: Mapping[str, str] = field(default_factory=dict)


def alias(use: str, refused: Iterable[str] = (), effort: str | None = None) -> ModelAlias:
    """Replace a model by `use`; what is known of that model is added to what the operator says of it."""
    unfit: set[str] = set(refused)
    efforts = {"minimal": "low"} if NO_MINIMAL_EFFORT.match(use) else {}
    if REASONS.match(use):
        unfit |= {"temperature", "top_p"}
    elif _PLAIN.match(use):
        unfit.add("reasoning")
    if effort is not None:
        efforts = dict.fromkeys(("none", "minimal", "low", "medium", "high", "xhigh"), effort)
    return ModelAlias(use, frozenset(unfit), efforts)


def endings(names: Iterable[str], today: date) -> list[str]:
    """A sentence for each model that ends or has ended, the first to end first."""
    known = {name: end for name in names if (end := retirement(name)) is not None}
    return [
        f"{name} {'was' if end.day <= today else 'will be'} shut down on {end.day}: "
        f'confirm a successor in the configuration, such as "{name}" = "{end.replacement}" under [models]; '
        f"see {DEPRECATIONS}."
        for name, end in sorted(known.items(), key=lambda pair: (pair[1].day, pair[0]))
    ]


def warn_of_endings(names: Iterable[str], today: date) -> None:
    """Log each of these sentences."""
    for sentence in endings(names, today):
        logger.warning(sentence)
