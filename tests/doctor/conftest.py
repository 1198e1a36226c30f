"""A server, and the doctor as an operator calls it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from pydantic import SecretStr

from app.db.embedded import ConnectionUrls
from app.db.urls import with_database
from app.ops.doctor.database import GUARDED
from app.settings import Settings
from tests.commands import Told, command
from tests.serving import RunningServer, serving

PAGE_ORIGIN = "https://app.example"
KEY = "0123456789abcdef0123456789abcdef"
HEARTBEAT = 0.4


class Findings:
    """What it said, as JSON, and how it ended."""

    def __init__(self, told: Told) -> None:
        self.code, self.out, self.err = told.code, told.out, told.err

    @property
    def report(self) -> dict[str, Any]:
        """All of it."""
        report: dict[str, Any] = json.loads(self.out)
        return report

    def rules(self, severity: str = "problem") -> set[str]:
        """Return the rules that are broken."""
        return {found["rule"] for found in self.report["findings"] if found["severity"] == severity}

    def finding(self, rule: str) -> dict[str, str]:
        """Return the one finding of a rule."""
        (found,) = [found for found in self.report["findings"] if found["rule"] == rule]
        return dict(found)


async def doctor(*words: str, **environ: str) -> Findings:
    """Call it in an environment that has no settings but these."""
    return Findings(await command("doctor", *words, "--json", **environ))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The demo assistant, for pages of one other origin."""
    return Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path / "data",
        secret_key=SecretStr(KEY),
        titles=False,
        heartbeat_seconds=HEARTBEAT,
        allowed_origins=(PAGE_ORIGIN,),
    )


@pytest.fixture
def inside(settings: Settings) -> dict[str, str]:
    """The environment of that server."""
    assert settings.database_url is not None
    return {
        "CHATKIT_DATABASE_URL": settings.database_url.get_secret_value(),
        "CHATKIT_DATA_DIR": str(settings.data_dir),
        "CHATKIT_SECRET_KEY": KEY,
    }


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """The server that is looked at."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
async def owner(
    postgres: ConnectionUrls, database_url: str
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A session of the role that owns the schema."""
    name = urlsplit(database_url).path.lstrip("/")
    connection = await asyncpg.connect(with_database(postgres.owner, name))
    yield connection
    await connection.close()


@pytest.fixture
async def guarded(owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Row-level security is on, whatever it admits: the doctor reads no rows."""
    for table in GUARDED:
        await owner.execute(f"alter table chatkit.{table} enable row level security")
