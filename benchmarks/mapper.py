"""What mapping costs per streamed event, ours beside the stock SDK's, over the Agents SDK's own stream.

    python -m benchmarks.mapper

One scripted run is recorded and then played to each in turn, in one process. Each counts with its best round:
what is slower than that is the machine's doing. Ratios hold across machines, microseconds do not.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime

from agents import Runner, StreamEvent, set_tracing_disabled
from chatkit.agents import AgentContext, stream_agent_response
from chatkit.types import ThreadMetadata

from app.turns.mapper import EventMapper
from benchmarks.scripted_agent import DELTAS, unpaced
from benchmarks.stock_server import MemoryStore

ROUNDS = 200
BUDGET = 20.0
"""Microseconds per event that ours may add."""

THREAD = ThreadMetadata(id="thr_1", created_at=datetime.now(UTC))


class Recorded:
    """A run that has taken place already; looks like `RunResultStreaming` to whoever reads its stream."""

    def __init__(self, events: Sequence[StreamEvent]) -> None:
        self.events = events

    async def stream_events(self) -> AsyncIterator[StreamEvent]:
        """Yield what was recorded."""
        for event in self.events:
            yield event


async def recorded() -> Recorded:
    """Run the scripted agent once."""
    return Recorded([event async for event in Runner.run_streamed(unpaced, "hi").stream_events()])


async def alone(run: Recorded) -> int:
    """The stream, looked at by nobody."""
    return len([event async for event in run.stream_events()])


async def stock(run: Recorded) -> int:
    """The stock mapper."""
    context: AgentContext[None] = AgentContext(thread=THREAD, store=MemoryStore(), request_context=None)
    stream = stream_agent_response(context, run)  # type: ignore[arg-type]
    return len([event async for event in stream])


async def ours(run: Recorded) -> int:
    """Our mapper."""
    numbers = itertools.count()
    mapper = EventMapper(
        THREAD, new_item_id=lambda kind: f"{kind}_{next(numbers)}", now=lambda: datetime.now(UTC)
    )
    mapped = 0
    async for event in run.stream_events():
        for _ in mapper.map(event):
            mapped += 1
    return mapped + len(list(mapper.finish()))


async def microseconds(reader: Callable[[Recorded], Awaitable[int]], run: Recorded) -> float:
    """Return what one reading takes."""
    began = time.perf_counter()
    seen = await reader(run)
    ended = time.perf_counter()
    if seen < DELTAS:
        raise RuntimeError(f"events were lost: {seen} of more than {DELTAS}")
    return (ended - began) * 1e6


async def measure() -> bool:
    """Print the comparison, and say whether ours is within its budget."""
    set_tracing_disabled(True)
    run = await recorded()
    best = dict.fromkeys((alone, stock, ours), float("inf"))
    for _ in range(ROUNDS):
        for reader in best:
            best[reader] = min(best[reader], await microseconds(reader, run))
    added = {reader: (best[reader] - best[alone]) / len(run.events) for reader in (stock, ours)}
    print(f"stock mapper   {added[stock]:7.1f} µs per event, of {len(run.events)} events")
    print(f"our mapper     {added[ours]:7.1f} µs per event (budget {BUDGET:.0f})")
    print(f"ours : stock   {added[ours] / added[stock]:7.2f}")
    return added[ours] <= BUDGET


def main() -> int:
    """Return 1 if ours is over its budget."""
    return 0 if asyncio.run(measure()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
