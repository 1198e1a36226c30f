"""What mapping costs per streamed event, ours beside the stock SDK's, over the Agents SDK's own stream.

    python -m benchmarks.mapper

The three take turns in one process on the same scripted run, and each counts with its best round: what is
slower than that is the machine's doing. Ratios hold across machines, microseconds do not.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from agents import Runner, set_tracing_disabled
from chatkit.agents import AgentContext, stream_agent_response
from chatkit.types import ThreadMetadata

from app.turns.mapper import EventMapper
from benchmarks.scripted_agent import DELTAS, agent
from benchmarks.stock_server import MemoryStore

ROUNDS = 60
BUDGET = 20.0
"""Microseconds per event that ours may add."""

THREAD = ThreadMetadata(id="thr_1", created_at=datetime.now(UTC))


async def alone() -> int:
    """The Agents SDK's stream, looked at by nobody."""
    events = 0
    async for _ in Runner.run_streamed(agent(), "hi").stream_events():
        events += 1
    return events


async def stock() -> int:
    """The stock mapper."""
    context: AgentContext[None] = AgentContext(thread=THREAD, store=MemoryStore(), request_context=None)
    mapped = 0
    async for _ in stream_agent_response(context, Runner.run_streamed(agent(), "hi", context=context)):
        mapped += 1
    return mapped


async def ours() -> int:
    """Our mapper."""
    numbers = itertools.count()
    mapper = EventMapper(
        THREAD, new_item_id=lambda kind: f"{kind}_{next(numbers)}", now=lambda: datetime.now(UTC)
    )
    mapped = 0
    async for event in Runner.run_streamed(agent(), "hi").stream_events():
        for _ in mapper.map(event):
            mapped += 1
    return mapped + len(list(mapper.finish()))


async def microseconds(run: Callable[[], Awaitable[int]]) -> float:
    """Return what one run takes."""
    began = time.perf_counter()
    seen = await run()
    ended = time.perf_counter()
    if seen < DELTAS:
        raise RuntimeError(f"{run.__name__} lost events: {seen} of more than {DELTAS}")
    return (ended - began) * 1e6


async def measure() -> bool:
    """Print the comparison, and say whether ours is within its budget."""
    set_tracing_disabled(True)
    events = await alone()
    best = dict.fromkeys((alone, stock, ours), float("inf"))
    for _ in range(ROUNDS):
        for run in best:
            best[run] = min(best[run], await microseconds(run))
    added = {run: max(0.0, (best[run] - best[alone]) / events) for run in (stock, ours)}
    print(f"Agents SDK alone      {best[alone] / events:7.1f} µs per event, {events} events")
    print(f"stock mapper adds     {added[stock]:7.1f} µs per event")
    print(f"our mapper adds       {added[ours]:7.1f} µs per event (budget {BUDGET:.0f})")
    print(f"ours : stock          {added[ours] / added[stock]:7.2f}")
    return added[ours] <= BUDGET


def main() -> int:
    """Return 1 if ours is over its budget."""
    return 0 if asyncio.run(measure()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
