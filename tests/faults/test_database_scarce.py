"""The database answers, but has no room: every connection is waiting, or the disk is full."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app.db.engine import Database
from tests.faults.cluster import Cluster
from tests.faults.conftest import AND_LISTENING, POOL_SIZE
from tests.faults.watching import ready, sampling, timed, until
from tests.patience import BUSY
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, thread_id_of, user_input

if TYPE_CHECKING:
    import asyncpg

    Admin = asyncpg.Connection[asyncpg.Record]

BACK_SECONDS = 2.0 * BUSY
DISK_BYTES = 160 * 1024 * 1024


@pytest.mark.proves("REL-08")
async def test_with_every_connection_waiting_for_a_lock_requests_are_refused_and_answers_go_on(
    server: RunningServer,
    provider: FakeProvider,
    cluster: Cluster,
    admin: "asyncpg.Connection[asyncpg.Record]",
    database: Database,
) -> None:
    clients = [server.client() for _ in range(10)]
    provider.respond(say("One, ", gate("locked"), "two, ", gate("free"), "three."))
    async with (
        clients[0].stream("threads.create", input=user_input("Count")) as events,
        sampling(cluster.sessions) as sessions,
    ):
        await events.until_text("One, ")
        async with admin.transaction():
            await admin.execute("lock table chatkit.threads in access exclusive mode")
            provider.release("locked")
            await events.until_text("two, ")
            refused = await asyncio.gather(
                *(timed(client, "threads.list") for client in clients for _ in "1234")
            )
            assert all(answer.is_refused_honestly for answer in refused), [str(answer) for answer in refused]
            assert (await clients[0].http.get("/healthz")).status_code == 200

        await ready(clients[0], within=BACK_SECONDS)
        answers = await asyncio.gather(*(timed(client, "threads.list") for client in clients))
        assert {answer.response.status_code for answer in answers} == {200}
        provider.release("free")
        await events.rest()

    assert events.text == "One, two, three."
    assert await stored(database) == {"assistant_message": 1, "user_message": 1}
    assert sessions.most <= POOL_SIZE + AND_LISTENING + 1, "the admin's is counted as well"


async def stored(database: Database) -> dict[str, int]:
    """How many items of each type there are."""
    async with database.autocommit() as connection:
        found = await connection.execute(
            text("select type, count(*)::int from chatkit.thread_items group by type")
        )
        return {row[0]: row[1] for row in found}


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    """A small disk."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("a small disk needs root on Linux")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder], check=True)
    folder.chmod(0o755)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """Leave no room on a disk; return what fills it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1 << 16)):
                pass
        except OSError:
            return filler
    return filler


class TestFullDisk:
    """With the data on a disk of their own."""

    @pytest.fixture
    def data_dir(self, disk: Path, migrated: Path) -> Path:
        copy = disk / "data"
        subprocess.run(["cp", "-a", migrated, copy], check=True)
        copy.chmod(0o755)
        return copy

    async def test_a_full_disk_is_an_honest_refusal_and_nothing_is_half_visible(
        self, disk: Path, client: ChatKitClient, provider: FakeProvider, database: Database, cluster: Cluster
    ) -> None:
        provider.respond(say("One, ", gate("full"), os.urandom(200_000).hex(), gate("free"), " end."))
        async with client.stream("threads.create", input=user_input("Count")) as events:
            await events.until_text("One, ")
            filler = fill(disk)
            provider.release("full")

            large = user_input(os.urandom(45_000).hex())
            refused = [await timed(client, "threads.create", input=large) for _ in range(5)]
            assert all(answer.is_refused_honestly for answer in refused), [str(answer) for answer in refused]
            assert len((await client.call("threads.list"))["data"]) == 1
            assert (await client.http.get("/healthz")).status_code == 200

            filler.unlink()
            await ready(client, within=BACK_SECONDS)
            provider.release("free")
            await events.rest()

        assert events.text.endswith(" end.")
        assert not [event for event in events.seen if event["type"] == "error"]
        assert await stored(database) == {"assistant_message": 1, "user_message": 1}
        thread_id = thread_id_of(events)
        assert (await client.items(thread_id))[1]["content"][0]["text"] == events.text
        provider.respond(say("Here again."))
        assert (await client.say("Still there?", thread_id)).text == "Here again."
        await until(lambda: cluster.sessions() <= POOL_SIZE + AND_LISTENING + 1, BACK_SECONDS)
