"""Two processes of one service, the database as its owner sees it, and where files are kept."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from pydantic import SecretStr

from app.assistant.demo import shop
from app.settings import Settings
from tests.attachments.conftest import bucket as bucket
from tests.commands import Told, command
from tests.databases import Databases
from tests.serving import RunningServer, serving
from tests.sessions.backend import KEY, Backend, backend_of

AGENT = f"{Path(__file__).with_name('agents_for_all.py')}:assistant"


@dataclass
class Service:
    """The service, and how an operator calls its commands."""

    settings: Settings
    one: RunningServer
    other: RunningServer
    owner: "asyncpg.Connection[asyncpg.Record]"
    backend: Backend
    stored: Callable[[], Awaitable[set[str]]]
    """Everything that the storage holds."""

    async def operator(self, *words: str, **environ: str) -> Told:
        """Call a command with the settings of the service."""
        assert self.settings.database_url is not None
        given = {
            "CHATKIT_DATABASE_URL": self.settings.database_url.get_secret_value(),
            "CHATKIT_DATA_DIR": str(self.settings.data_dir),
        }
        if self.settings.files_url:
            given["CHATKIT_FILES_URL"] = self.settings.files_url
        return await command(*words, **given, **environ)


@pytest.fixture
def storage() -> str:
    """Where files are: `disk` or `s3`."""
    return "disk"


@pytest.fixture
async def service(
    databases: Databases,
    tmp_path: Path,
    storage: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Service]:
    """Two processes, whose users come with sessions."""
    monkeypatch.setattr(shop, "WORD_SECONDS", 0)
    address = str(request.getfixturevalue("bucket")) if storage == "s3" else ""
    async with databases.one() as urls:
        settings = Settings(
            database_url=SecretStr(urls.app),
            data_dir=tmp_path / "data",
            agent=AGENT,
            auth=("session",),
            server_key=SecretStr(KEY),
            titles=False,
            on_disconnect="detach",
            files_url="s3://files/of/tests" if address else None,
        )
        owner = await asyncpg.connect(urls.owner)
        async with serving(settings) as one, serving(settings) as other:
            backend = backend_of(one)
            yield Service(settings, one, other, owner, backend, _listing(settings, address))
            await backend.client.close()
        await owner.close()


def _listing(settings: Settings, address: str) -> Callable[[], Awaitable[set[str]]]:
    async def in_folder() -> set[str]:
        return {str(path) for path in (settings.data_dir / "files").rglob("*") if path.is_file()}

    async def in_bucket() -> set[str]:
        async with httpx2.AsyncClient() as http:
            listed = (await http.get(f"{address}?list-type=2")).text
        return {part.partition("</Key>")[0] for part in listed.split("<Key>")[1:]}

    return in_bucket if address else in_folder


async def page_of(service: Service, user: str) -> Any:
    """Return a page whose session lets it upload and ask as often as it likes."""
    return await service.backend.page(
        user,
        chatkit_configuration={"file_upload": {"enabled": True}},
        rate_limits={"max_requests_per_1_minute": 1000},
    )
