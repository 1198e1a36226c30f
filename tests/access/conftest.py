"""One server for the whole matrix: Ann, whose things are asked for, and those to whom they do not belong."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr

from app.assistant.demo import shop
from app.db.tables import metadata
from app.settings import Settings
from tests.access.identities import ANN, IDENTITIES, WAYS_IN, Identity, Stranger, signed
from tests.access.things import Things, delete, things_of, unknown
from tests.databases import Databases
from tests.serving import ChatKitClient, RunningServer, serving
from tests.sessions.backend import Backend, backend_of

LIFE = 86_400
UNLIMITED = 1_000_000
SECRET = "ann-keeps-this-to-herself"
OWN_ROWS = " union all ".join(
    f"select '{table.name} ' || t::text as row from {table} t where "
    + ("t.user_id = $1" if "user_id" in table.c else "t.thread_id in ({threads})")
    for table in metadata.sorted_tables
    if {"user_id", "thread_id"} & set(table.c.keys())
).format(threads="select id from chatkit.threads where user_id = $1")


@dataclass(frozen=True)
class Matrix:
    """The server, and who has what."""

    server: RunningServer
    database: "asyncpg.Connection[asyncpg.Record]"
    backend: Backend
    ann: ChatKitClient
    ann_id: str
    things: Things
    deleted: Things
    unknown: Things
    strangers: dict[str, Stranger]

    async def rows_of_ann(self) -> list[str]:
        """Return every row that is hers, as text."""
        rows = await self.database.fetch(f"select row from ({OWN_ROWS}) rows order by 1", self.ann_id)
        return [row[0] for row in rows]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def matrix(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Matrix]:
    """Everything that the matrix asks for, made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shop, "WORD_SECONDS", 0)
        async with databases.one() as url:
            settings = Settings(
                database_url=SecretStr(url.app),
                data_dir=tmp_path_factory.mktemp("access"),
                agent=f"{Path(__file__).with_name('agents_asked.py')}:assistant",
                titles=False,
                requests_per_minute=UNLIMITED,
                recordings_per_minute=UNLIMITED,
                session_max_seconds=LIFE,
                **WAYS_IN,
            )
            owner = await asyncpg.connect(url.owner)
            async with serving(settings) as server:
                backend = backend_of(server)
                yield await _filled(server, owner, backend)
                await backend.client.close()
            await owner.close()


async def session_of(backend: Backend, user: str) -> Any:
    """Have the back-end make a session that sets no limits of its own."""
    return await backend.sessions.create(
        user=user,
        workflow={"id": "wf_1"},
        chatkit_configuration={"file_upload": {"enabled": True, "max_files": UNLIMITED}},
        rate_limits={"max_requests_per_1_minute": UNLIMITED},
        expires_after={"anchor": "created_at", "seconds": LIFE},
    )


async def _filled(server: RunningServer, owner: Any, backend: Backend) -> Matrix:
    ann = server.client(**signed(ANN))
    things, deleted = [
        {**await things_of(ann, SECRET), "session": (await session_of(backend, ANN)).id} for _ in range(2)
    ]
    await delete(ann, deleted)
    await owner.execute("delete from chatkit.sessions where id = $1", deleted["session"])
    strangers = {
        name: Stranger(name, await _came(identity, server, backend)) for name, identity in IDENTITIES.items()
    }
    bob = strangers["other user"].client
    own = {**await things_of(bob, "bob"), "session": (await session_of(backend, "bob")).id}
    strangers["other user"] = Stranger("other user", bob, own)
    await server.turns_ended()
    return Matrix(server, owner, backend, ann, ANN, things, deleted, unknown(things), strangers)


async def _came(identity: Identity, server: RunningServer, backend: Backend) -> ChatKitClient:
    if identity.session_of is None:
        return server.client(**identity.headers)
    session = await session_of(backend, identity.session_of)
    if not identity.is_known:
        await backend.sessions.cancel(session.id)
    return backend.page_of(session.client_secret)
