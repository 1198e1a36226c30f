"""A server that a workflow answers for: `@pytest.mark.parametrize("workflow", ["desk"])` says which."""

import pytest

from app.settings import Settings
from tests.turns.workflows import exports


@pytest.fixture
def workflow() -> str:
    """The name of the assistant in `exports.py`, without its prefix."""
    return "desk"


@pytest.fixture
def settings(settings: Settings, workflow: str) -> Settings:
    return settings.model_copy(update={"agent": f"tests.turns.workflows.exports:assistant_{workflow}"})


@pytest.fixture
def done() -> list[str]:
    """What tools have done, in order."""
    exports.DONE.clear()
    return exports.DONE
