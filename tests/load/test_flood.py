"""One user floods the server; another one works on."""

import asyncio
import statistics
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from tests.chaos.fleet import Server
from tests.load.size import FLOODING_CONNECTIONS, MEASURED_REQUESTS, ROUNDS, SLOWER
from tests.load.timing import percentile, timed

LIST = {"type": "threads.list", "params": {}}


async def work(http: httpx2.AsyncClient) -> float:
    """Do what a user does, again and again; return the 99th percentile of its times, in seconds."""
    taken = []
    for _ in range(MEASURED_REQUESTS):
        answer, seconds = await timed(lambda: http.post("/chatkit", json=LIST))
        assert answer.status_code == 200
        taken.append(seconds)
    return percentile(taken, 0.99)


async def flood(url: str, answers: Counter[int]) -> None:
    """Send one request after the other from one address, as fast as they are answered."""
    headers = {"x-forwarded-for": "198.51.100.66"}
    async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
        while True:
            answers[(await http.post("/chatkit", json=LIST)).status_code] += 1


@asynccontextmanager
async def flooded(url: str, answers: Counter[int]) -> AsyncIterator[None]:
    """Flood a server; the block begins when everything is refused."""
    flooding = [asyncio.create_task(flood(url, answers)) for _ in range(FLOODING_CONNECTIONS)]
    before = answers[429]
    try:
        async with asyncio.timeout(30):
            while answers[429] < before + FLOODING_CONNECTIONS:
                await asyncio.wait(flooding, timeout=0.05)
        yield
    finally:
        for task in flooding:
            task.cancel()
        await asyncio.wait(flooding)


@pytest.mark.proves("SEC-43")
async def test_a_flood_of_one_user_does_not_slow_another_one_down(
    server: Server, http: httpx2.AsyncClient
) -> None:
    answers: Counter[int] = Counter()
    slower = []
    await work(http)
    for _ in range(ROUNDS):
        alone = await work(http)
        async with flooded(server.url, answers):
            beside = await work(http)
        print(f"p99 alone {alone * 1000:.1f} ms, beside a flood {beside * 1000:.1f} ms")  # noqa: T201
        slower.append(beside / alone)

    assert set(answers) <= {200, 429}
    assert statistics.median(slower) <= SLOWER
