"""The one task that steps a run of the Agents SDK, from its first event until nothing of it is left.

The SDK sets context variables while it is stepped, so that has to be one and the same task.
"""

import asyncio

from agents import RunResultStreaming, StreamEvent
from chatkit.types import ThreadStreamEvent

from app.turns.silence import SilenceWatch

Arrival = StreamEvent | ThreadStreamEvent | Exception
"""An event of the run, one that a tool shows, or the reason to wait for no more."""

STOP_SECONDS = 5.0
"""How long a run that was told to stop may take before its task is cancelled."""


async def pump(
    result: RunResultStreaming, arriving: "asyncio.Queue[Arrival | None]", watch: SilenceWatch
) -> None:
    """Pass on what the run brings, then None."""
    try:
        async for event in result.stream_events():
            watch.observe(event)
            arriving.put_nowait(event)
    finally:
        arriving.put_nowait(None)


async def stop(result: RunResultStreaming, stepping: "asyncio.Task[None]") -> None:
    """End the model's stream and its tools; returns when nothing of the run is left."""
    if not result.is_complete:
        result.cancel()
    _, pending = await asyncio.wait([stepping], timeout=STOP_SECONDS)
    for task in pending:
        task.cancel()
        await asyncio.wait([task])
    if not stepping.cancelled():
        stepping.exception()  # retrieved: the answer has raised it, or ended for a better reason
