"""One streamed run of the Agents SDK, shown in a turn.

Owns the run from its first event until nothing of it is left: it is stepped from one task, given up when it
says nothing for too long, and stopped for real whenever its reader stops. Every item it has shown is ended
by then. Does not begin the run, and decides nothing of what follows it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Protocol

from agents import (
    InputGuardrailTripwireTriggered,
    OutputGuardrailTripwireTriggered,
    RunResultStreaming,
    StreamEvent,
)
from chatkit.types import ThreadItemRemovedEvent, ThreadStreamEvent
from pydantic import BaseModel

from app.turns.mapper.citations import CitedFiles
from app.turns.showing import Showing
from app.turns.silence import Silence, SilenceWatch
from app.turns.stepping import Arrival, pump, stop


class RunMapper(Protocol):
    """What makes events of the page of those of a run."""

    def map(self, event: StreamEvent) -> Iterable[ThreadStreamEvent]:
        """Return what the page sees of an event of the run."""
        ...

    def emitted(self, event: ThreadStreamEvent) -> Iterable[ThreadStreamEvent]:
        """Return what the page sees of an event that a tool streamed."""
        ...

    def cited_files(self) -> list[CitedFiles]:
        """Return the messages that have ended since the last time and cite files of a container."""
        ...

    def finish(self) -> Iterable[ThreadStreamEvent]:
        """The run is over: end what is open."""
        ...

    def interrupt(self) -> Iterable[ThreadStreamEvent]:
        """The run was cut: end what is open, and call nothing complete that is not."""
        ...


class StreamedRun:
    """Made once per run. `observe` is told of each of its events, before it is shown."""

    def __init__(
        self,
        mapper: RunMapper,
        showing: Showing,
        silence: Silence,
        observe: Callable[[StreamEvent], None],
    ) -> None:
        self._mapper = mapper
        self._showing = showing
        self._observe = observe
        self._arriving: asyncio.Queue[Arrival | None] = asyncio.Queue()
        self._watch = SilenceWatch(silence, self._arriving.put_nowait)
        self._before = dict(showing.item_ids)

    def emit(self, event: ThreadStreamEvent) -> None:
        """Show an event of a tool."""
        self._watch.heard()
        self._arriving.put_nowait(event)

    async def events(
        self, result: RunResultStreaming, carried_out: Sequence[StreamEvent] = ()
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Yield what the user sees of the run, tools' own events included.

        `carried_out` are calls that the user has approved: the run goes on with their outputs. What a
        guardrail of the agent has refused is taken back.
        """
        stepping = asyncio.create_task(pump(result, self._arriving, self._watch))
        try:
            with self._watch:
                for call in carried_out:
                    self._watch.observe(call)
                    for shown in await self._published(self._mapper.map(call)):
                        yield shown
                while (event := await self._arriving.get()) is not None:
                    for shown in await self._published(self._seen(event)):
                        yield shown
            await stepping
            # A call that waits is not called complete.
            ended = self._mapper.interrupt() if result.interruptions else self._mapper.finish()
            for shown in await self._published(ended):
                yield shown
        except (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered):
            for item_id in [item_id for item_id in self._showing.item_ids if item_id not in self._before]:
                yield ThreadItemRemovedEvent(item_id=item_id)
            raise
        except (Exception, asyncio.CancelledError):
            # The mapper holds back the last words of long thoughts; nothing else would end with them.
            for shown in await self._showing.published(self._mapper.interrupt()):
                yield shown
            raise
        finally:
            await stop(result, stepping)

    def _seen(self, event: Arrival) -> Iterable[ThreadStreamEvent]:
        if isinstance(event, BaseModel):
            return self._mapper.emitted(event)
        if isinstance(event, Exception):
            raise event
        self._observe(event)
        return self._mapper.map(event)

    async def _published(self, events: Iterable[ThreadStreamEvent]) -> Sequence[ThreadStreamEvent]:
        # In this order: what is cited is known once the mapper has been asked for its events.
        events = list(events)
        return await self._showing.published(events, self._mapper.cited_files())
