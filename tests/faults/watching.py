"""What a test watches while something breaks."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx2

from tests.serving import ChatKitClient

EVERY_SECONDS = 0.03


@dataclass
class Samples:
    """Numbers taken again and again."""

    taken: list[int] = field(default_factory=list)

    @property
    def most(self) -> int:
        """The largest of them."""
        return max(self.taken)


@asynccontextmanager
async def sampling(measure: Callable[[], int]) -> AsyncIterator[Samples]:
    """Take a number again and again while the block runs."""
    samples, over = Samples(), asyncio.Event()

    async def sample() -> None:
        while not over.is_set():
            samples.taken.append(await asyncio.to_thread(measure))
            await elapsed(EVERY_SECONDS, unless=over)

    task = asyncio.create_task(sample())
    try:
        yield samples
    finally:
        over.set()
        await task


async def elapsed(seconds: float, unless: asyncio.Event | None = None) -> None:
    """Let time pass, where a fault is a matter of time; less once `unless` is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await (unless or asyncio.Event()).wait()


async def until(true: Callable[[], bool], within: float) -> None:
    """Wait until something is true, asked again and again."""
    async with asyncio.timeout(within):
        while not await asyncio.to_thread(true):
            await elapsed(EVERY_SECONDS)


@dataclass(frozen=True)
class Timed:
    """A response, and how long it took."""

    response: httpx2.Response
    seconds: float

    @property
    def is_refused_honestly(self) -> bool:
        """Say whether it is 503 with `Retry-After` in our form, in time."""
        return (
            self.response.status_code == 503
            and int(self.response.headers["retry-after"]) >= 1
            and bool(self.response.json()["message"])
            and self.seconds <= 5.0
        )

    def __str__(self) -> str:
        return f"{self.response.status_code} after {self.seconds:.1f} s"


async def timed(client: ChatKitClient, operation: str, **params: object) -> Timed:
    """Send an operation and time its whole answer."""
    began = time.monotonic()
    response = await client.post(operation, **params)
    return Timed(response, time.monotonic() - began)


async def ready(client: ChatKitClient, within: float) -> float:
    """Wait until the server says that it is ready; return how long that took."""
    began = time.monotonic()
    async with asyncio.timeout(within):
        while (await client.http.get("/readyz")).status_code != 200:
            pass
    return time.monotonic() - began
