"""Few connections to the database, all of them waiting, and many clients."""

import asyncio

import asyncpg
import httpx2
import pytest

from tests.chaos.fleet import Server
from tests.load.conftest import POOL_SIZE
from tests.load.size import CLIENTS, HEALTH_SECONDS, REFUSAL_SECONDS
from tests.load.timing import health, timed

LIST = {"type": "threads.list", "params": {}}


@pytest.mark.proves("SEC-42", "REL-08")
async def test_many_clients_of_a_small_pool_are_refused_soon_and_served_again_afterwards(
    server: Server, http: httpx2.AsyncClient, database_url: str
) -> None:
    await http.post("/chatkit", json=LIST)
    blocking = await asyncpg.connect(database_url)
    async with blocking.transaction():
        await blocking.execute("lock table chatkit.threads in access exclusive mode")
        asking = asyncio.gather(*(timed(lambda: http.post("/chatkit", json=LIST)) for _ in range(CLIENTS)))
        p99 = await health(server.url)
        refused = await asking
    await blocking.close()

    assert {answer.status_code for answer, _ in refused} == {503}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer, _ in refused)
    # Those that have a connection wait for the lock; everybody else only for a connection.
    others = sorted(seconds for _, seconds in refused)[: CLIENTS - 2 * POOL_SIZE]
    assert others[-1] <= REFUSAL_SECONDS
    assert p99 <= HEALTH_SECONDS
    answers = await asyncio.gather(*(http.post("/chatkit", json=LIST) for _ in range(POOL_SIZE)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await http.get("/readyz")).status_code == 200
