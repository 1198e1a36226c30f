"""What a turn costs here, beside the stock SDK endpoint and beside the Agents SDK alone, in one run.

    python -m benchmarks.turns

Both servers run as processes of their own on this machine, with the same scripted agent; ours with its
embedded PostgreSQL, the stock one with a dictionary. Ratios hold across machines, milliseconds do not.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, NamedTuple

import httpx2
from agents import Runner

from benchmarks.scripted_agent import DELTAS, unpaced

ROUNDS = 5
SEQUENTIAL = 20
AT_ONCE = 50
_numbers = count()


def _body() -> dict[str, Any]:
    """Return a request as no other: one that came before would be answered by the turn that it began."""
    message = {
        "content": [{"type": "input_text", "text": f"Hello for the {next(_numbers)}th time"}],
        "quoted_text": "",
        "attachments": [],
        "inference_options": {},
    }
    return {"type": "threads.create", "params": {"input": message}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def server(command: list[str], port: int, **environ: str) -> AsyncIterator[httpx2.AsyncClient]:
    process = subprocess.Popen(  # noqa: ASYNC220  (before anything is measured)
        command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL
    )
    try:
        limits = httpx2.Limits(max_connections=AT_ONCE)
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=60, limits=limits
        ) as client:
            await _answering(client, process)
            yield client
    finally:
        process.terminate()
        process.wait()


async def _answering(client: httpx2.AsyncClient, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            await client.get("/healthz")
        except httpx2.TransportError:
            await asyncio.sleep(0.1)
        else:
            return
    raise SystemExit("a server under test did not start")


class Times(NamedTuple):
    """Seconds from the request on."""

    first_event: float
    first_delta: float
    end: float


async def _turn(client: httpx2.AsyncClient) -> Times:
    begun = time.perf_counter()
    first_event = first_delta = 0.0
    async with client.stream("POST", "/chatkit", json=_body()) as response:
        response.raise_for_status()
        async for chunk in response.aiter_bytes():
            first_event = first_event or time.perf_counter() - begun
            if not first_delta and b"text_delta" in chunk:
                first_delta = time.perf_counter() - begun
    return Times(first_event, first_delta, time.perf_counter() - begun)


async def one_after_the_other(client: httpx2.AsyncClient) -> float:
    return statistics.median([(await _turn(client)).end for _ in range(SEQUENTIAL)])


async def all_at_once(client: httpx2.AsyncClient, number: int = AT_ONCE) -> tuple[float, float]:
    """Return the medians of the times to the first event and to the first delta."""
    turns = await asyncio.gather(*(_turn(client) for _ in range(number)))
    return statistics.median(turn.first_event for turn in turns), statistics.median(
        turn.first_delta for turn in turns
    )


async def _agents_sdk_alone() -> float:
    async def run() -> float:
        begun = time.perf_counter()
        async for _ in Runner.run_streamed(unpaced, "Hello").stream_events():
            pass
        return time.perf_counter() - begun

    return statistics.median([await run() for _ in range(SEQUENTIAL)])


@asynccontextmanager
async def _both(agent: str) -> AsyncIterator[tuple[httpx2.AsyncClient, httpx2.AsyncClient]]:
    """Serve one of the scripted agents by this server and by the stock one."""
    port, stock_port = free_port(), free_port()
    serve = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    stock = [sys.executable, "-m", "benchmarks.stock_server", str(stock_port), agent]
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "CHATKIT_AGENT": f"benchmarks/scripted_agent.py:{agent}",
            "CHATKIT_DATA_DIR": folder,
            "CHATKIT_TITLES": "false",
            "CHATKIT_LOG_LEVEL": "WARNING",
        }
        async with server(serve, port, **environ) as ours, server(stock, stock_port) as theirs:
            for client in (ours, theirs):
                await all_at_once(client)
            yield ours, theirs


async def _medians(*measurements: Callable[[], Awaitable[float]]) -> list[float]:
    """Take the measurements in alternation; return the median of each in milliseconds."""
    rounds = [[await measure() for measure in measurements] for _ in range(ROUNDS)]
    return _in_milliseconds(rounds)


async def _bursts(*clients: httpx2.AsyncClient) -> list[float]:
    """Return, for each client in alternation, the times to first event and first delta in milliseconds."""
    rounds = [[time for client in clients for time in await all_at_once(client)] for _ in range(ROUNDS)]
    return _in_milliseconds(rounds)


def _in_milliseconds(rounds: list[list[float]]) -> list[float]:
    return [1000 * statistics.median(column) for column in zip(*rounds, strict=True)]


async def main() -> None:
    """Measure and print."""
    os.environ["OPENAI_AGENTS_DISABLE_TRACING"] = "1"
    async with _both("unpaced") as (ours, stock):
        alone, turn, stock_turn = await _medians(
            _agents_sdk_alone,
            lambda: one_after_the_other(ours),
            lambda: one_after_the_other(stock),
        )
    _print(f"one turn of {DELTAS} deltas, start to end", turn, stock_turn)
    _print(f"  beyond the Agents SDK alone ({alone:.1f} ms)", turn - alone, stock_turn - alone)
    async with _both("paced") as (ours, stock):
        event, delta, stock_event, stock_delta = await _bursts(ours, stock)
    _print(f"{AT_ONCE} turns at once, first event p50", event, stock_event)
    _print("  first delta p50, of which the model takes 40 ms", delta, stock_delta)


def _print(what: str, ours: float, stock: float) -> None:
    print(f"{what:45} ours {ours:7.1f} ms   stock {stock:7.1f} ms   ratio {ours / stock:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
