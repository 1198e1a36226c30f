"""The shipped configuration of nginx, in front of two real servers."""

import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.fleet import Fleet
from tests.proxy.nginx import Nginx, running
from tools.nginx import installed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what kills real processes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.chaos)


@pytest.fixture(scope="session")
def executable() -> str:
    """An nginx that starts here."""
    found = os.environ.get("NGINX") or next(installed(), None)
    assert found, "get one first: python -m tools.nginx"
    assert subprocess.run([found, "-v"], capture_output=True, check=False).returncode == 0, found
    return found


@pytest.fixture
async def nginx(executable: str, servers: Fleet, tmp_path: Path) -> AsyncIterator[Nginx]:
    """An nginx in front of both servers."""
    async with running(executable, tmp_path, servers.a.url, servers.b.url) as nginx:
        yield nginx
