"""What it costs a request to be counted: as guests on this machine are not, and those from elsewhere are.

    python -m benchmarks.limits

One server with its embedded PostgreSQL, asked for a list of threads; both kinds of requests take turns.
"""

import asyncio
import statistics
import sys
import tempfile
import time

import httpx2

from benchmarks.turns import free_port, server

REQUESTS = 1_000
ROUNDS = 3
LIST = {"type": "threads.list", "params": {}}
COUNTED = {"x-forwarded-for": "198.51.100.7"}
MANY = "1000000000"


async def asked(http: httpx2.AsyncClient, expected: int, **headers: str) -> float:
    """Return how long an answer took, in milliseconds."""
    began = time.perf_counter()
    answer = await http.post("/chatkit", json=LIST, headers=headers)
    assert answer.status_code == expected, answer.text
    return (time.perf_counter() - began) * 1000


async def measure() -> None:
    """Print the medians."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "CHATKIT_DATA_DIR": folder,
            "CHATKIT_GUEST_ANYWHERE": "true",
            "CHATKIT_GUEST_REQUESTS_PER_MINUTE": MANY,
            "CHATKIT_ADDRESS_REQUESTS_PER_MINUTE": MANY,
            "CHATKIT_LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
        async with server(command, port, **settings) as http:
            for _ in range(ROUNDS):
                uncounted, counted = [], []
                for _ in range(REQUESTS):
                    uncounted.append(await asked(http, 200))
                    counted.append(await asked(http, 200, **COUNTED))
                plain, dear = statistics.median(uncounted), statistics.median(counted)
                print(f"uncounted {plain:5.2f} ms   counted {dear:5.2f} ms   {dear - plain:+5.2f} ms")


if __name__ == "__main__":
    asyncio.run(measure())
