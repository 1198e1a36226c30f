"""How long answers take while something goes on."""

import math
import time
from collections.abc import Awaitable, Callable, Sequence

import httpx2

from tests.load.size import HEALTH_CHECKS


async def timed(ask: Callable[[], Awaitable[httpx2.Response]]) -> tuple[httpx2.Response, float]:
    """Return an answer, and the seconds that it took."""
    began = time.perf_counter()
    answer = await ask()
    return answer, time.perf_counter() - began


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return what so large a share of the times does not exceed."""
    return sorted(seconds)[max(0, math.ceil(len(seconds) * share) - 1)]


async def health(url: str) -> float:
    """Ask for the health of a server again and again; return the 99th percentile, in seconds."""
    taken = []
    async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
        for _ in range(HEALTH_CHECKS):
            answer, seconds = await timed(lambda: http.get("/healthz"))
            assert answer.status_code == 200
            taken.append(seconds)
    return percentile(taken, 0.99)
