"""One user floods the server; another one works on."""

import asyncio
from collections import Counter

import httpx2
import pytest

from tests.chaos.fleet import Server
from tests.load.size import FLOODING_CONNECTIONS, MEASURED_REQUESTS, SLOWER
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


@pytest.mark.proves("SEC-43")
async def test_a_flood_of_one_user_does_not_slow_another_one_down(
    server: Server, http: httpx2.AsyncClient
) -> None:
    await work(http)
    alone = await work(http)
    answers: Counter[int] = Counter()
    flooding = [asyncio.create_task(flood(server.url, answers)) for _ in range(FLOODING_CONNECTIONS)]
    try:
        # The measured part begins when the limit is reached, and goes on while everything is refused.
        async with asyncio.timeout(30):
            while answers[429] <= 2 * FLOODING_CONNECTIONS:
                await asyncio.wait(flooding, timeout=0.05)
        beside = await work(http)
    finally:
        for task in flooding:
            task.cancel()
    print(f"p99 alone {alone * 1000:.1f} ms, beside a flood {beside * 1000:.1f} ms; answers {dict(answers)}")  # noqa: T201

    assert set(answers) <= {200, 429}
    assert answers[200] <= 60
    assert beside <= alone * SLOWER
