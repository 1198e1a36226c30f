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
from tests.access.identities import NEWCOMERS, Stranger
from tests.access.things import Things, delete, things_of, unknown
from tests.databases import Databases
from tests.serving import ChatKitClient, RunningServer, serving

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
            )
            owner = await asyncpg.connect(url.owner)
            async with serving(settings) as server:
                yield await _filled(server, owner)
            await owner.close()


async def _filled(server: RunningServer, owner: Any) -> Matrix:
    ann, bob = server.client(), server.client()
    things, deleted = await things_of(ann, SECRET), await things_of(ann, SECRET)
    await delete(ann, deleted)
    strangers = {"other user": Stranger("other user", bob, await things_of(bob, "bob"))}
    strangers |= {name: Stranger(name, came(server)) for name, came in NEWCOMERS.items()}
    ann_id = await owner.fetchval("select user_id from chatkit.threads where id = $1", things["thread"])
    await server.turns_ended()
    return Matrix(server, owner, ann, ann_id, things, deleted, unknown(things), strangers)
