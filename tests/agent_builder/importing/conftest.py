"""Importing into the test's own database, by the command, and looking at what came of it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from app.auth.guest import Guests
from app.cli import main
from app.db.engine import Database
from app.settings import Settings
from tests.agent_builder.importing.archives import write_archive
from tests.hosted_api import Project
from tests.serving import ChatKitClient, RunningServer, serving

KEY = "shared by all processes of the service"

ROWS = {
    "threads": "*",
    "thread_items": "*",
    "transcript_items": "*",
    "imported_threads": "thread_id, user_id, content_sha256, language, item_count, last_seq",
    "attachments": "id, user_id, thread_id, item_id, name, mime_type, size, sha256, state, payload",
}
"""What must be the same after the same import; keys of bytes are drawn at random."""


@dataclass
class Ended:
    """A command that has ended."""

    code: int
    printed: str
    said: str

    @property
    def report(self) -> dict[str, Any]:
        """What `--json` printed."""
        return dict(json.loads(self.printed))


def _code_of(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as left:
        return int(left.code or 0)


@dataclass
class Moving:
    """A database, and commands that are run on it."""

    database: Database
    folder: Path
    capsys: pytest.CaptureFixture[str]

    async def run(self, *arguments: str | Path) -> Ended:
        """Run `chatkit-server agent-builder …` in this process."""
        self.capsys.readouterr()
        code = await asyncio.to_thread(_code_of, ["agent-builder", *map(str, arguments)])
        printed, said = self.capsys.readouterr()
        return Ended(code, printed, said)

    async def take_in(self, project: Project, *options: str | Path, name: str = "archive") -> Ended:
        """Write an archive of a project and import it; users keep their ids unless options say otherwise."""
        root = write_archive(project, self.folder / name)
        return await self.run("import", root, "--json", *(options or ("--users-match",)))

    async def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Ask the database."""
        async with self.database.autocommit() as connection:
            result = await connection.execute(sa.text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    async def everything(self) -> dict[str, Any]:
        """Return every row that an import writes."""
        return {
            table: sorted(str(row) for row in await self.rows(f"select {columns} from chatkit.{table}"))
            for table, columns in ROWS.items()
        }


@pytest.fixture
def moving(
    database: Database,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Moving:
    """The commands, on the test's own database and folder."""
    for name in [name for name in os.environ if name.startswith(("CHATKIT_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CHATKIT_DATABASE_URL", database_url)
    monkeypatch.setenv("CHATKIT_DATA_DIR", str(tmp_path / "data"))
    return Moving(database, tmp_path, capsys)


@pytest.fixture
def settings(provided: Settings, tmp_path: Path) -> Settings:
    """A server on the same database and folder, answered for by the fake provider."""
    return provided.model_copy(update={"secret_key": SecretStr(KEY), "data_dir": tmp_path / "data"})


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """That server."""
    async with serving(settings) as running:
        yield running


def browser_of(server: RunningServer, user: str, **headers: str) -> ChatKitClient:
    """Return the browser of a guest with this id."""
    cookie = str(Guests(KEY, anywhere=False)._plain.dumps(user))
    return server.client(Cookie=f"chatkit_guest={cookie}", **headers)
