"""Which repairs there are, in the order in which they are made."""

import logging
from types import ModuleType

from app.workflows.rewriting import (
    approvals,
    clients,
    field_names,
    guardrail_errors,
    guardrail_output,
    guardrail_results,
    history,
    ids,
    loops,
    model_names,
    old_json,
    runs,
    searches,
    state,
    tools,
    traces,
)
from app.workflows.rewriting.tree import Tree

logger = logging.getLogger(__name__)

# What looks at the code of the export comes before what puts other code in its place.
ORDER: tuple[ModuleType, ...] = (
    field_names,
    ids,
    model_names,
    tools,
    clients,
    guardrail_errors,
    guardrail_output,
    guardrail_results,
    searches,
    approvals,
    history,
    state,
    loops,
    old_json,
    traces,
    runs,
)
ALWAYS = frozenset({approvals.NAME})
"""What no setting switches off: without it, approvals would be granted unasked."""


def names() -> frozenset[str]:
    """The names by which repairs are reported, and switched off."""
    return frozenset(str(repair.NAME) for repair in ORDER)


def rewrite(tree: Tree) -> None:
    """Make every repair that is not switched off. One that fails is reported, and the others are made."""
    for repair in ORDER:
        if repair.NAME in tree.configuration.rewrites.off and repair.NAME not in ALWAYS:
            tree.give_up(repair.NAME, None, "switched off in the settings")
            continue
        try:
            repair.rewrite(tree)
        except Exception:
            logger.exception("a repair of an exported workflow has failed", extra={"repair": repair.NAME})
            tree.give_up(repair.NAME, None, "this repair has failed on this file and is left out")
