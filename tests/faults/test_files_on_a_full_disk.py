"""A disk without room for files: an honest refusal, nothing half visible, and a server that goes on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.serving import serving


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Have a disk of 200 KB at `folder`."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("a small disk needs root on Linux")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.proves("REL-23")
@pytest.mark.parametrize("where", ["incoming", "files"])
async def test_a_full_disk_is_said_to_be_one_and_the_server_recovers(
    database_url: str, tmp_path: Path, where: str
) -> None:
    settings = Settings(database_url=SecretStr(database_url), data_dir=tmp_path, titles=False)
    folder = tmp_path / where
    folder.mkdir()
    with small_disk(folder):
        async with serving(settings) as server:
            http = server.client().http
            refused = await http.post("/chatkit/files", content=b"x" * 300_000)
            accepted = await http.post("/chatkit/files", content=b"x" * 10_000)
        stored = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]

    assert refused.status_code == 507, refused.text
    assert refused.json()["error"]["code"] == "storage_full"
    assert accepted.status_code == 200
    assert len(stored) == 1
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("select count(*) from chatkit.attachments") == 1
    await connection.close()
