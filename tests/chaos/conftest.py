"""Every attack is marked as such, and gets the time that it needs."""

from pathlib import Path

import pytest

from tests.chaos.size import SIZE
from tests.provider.server import FakeProvider


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what attacks processes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.chaos)
            item.add_marker(pytest.mark.timeout(SIZE.seconds))


@pytest.fixture
def provider(composer: FakeProvider) -> FakeProvider:
    """The provider that the attacked servers know."""
    return composer
