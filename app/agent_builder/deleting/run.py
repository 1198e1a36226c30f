"""Every thread that was asked for: looked at, here and at the other end, and after a confirmation deleted."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from app.agent_builder.deleting import upstream
from app.agent_builder.deleting.api import DeletingApi
from app.agent_builder.deleting.candidates import Candidate
from app.agent_builder.deleting.journal import Journal
from app.agent_builder.deleting.outcome import Outcome
from app.agent_builder.deleting.upstream import Gone
from app.agent_builder.export.stopping import Refused
from app.agent_builder.importing.progress import Progress
from app.agent_builder.importing.saved import SavedThreads


@dataclass(slots=True)
class Deletion:
    """Made once."""

    api: DeletingApi
    saved: SavedThreads
    journal: Journal
    outcome: Outcome
    at_once: int
    ready: list[Candidate] = field(default_factory=list)
    """Threads that may go."""

    async def look(self, found: Iterable[Candidate], progress: Progress) -> None:
        """Sort threads into those that may go, those that have gone, and those that stay. Deletes nothing."""
        await self._each(found, self._look, progress)
        # Whatever the order in which answers came.
        self.ready.sort(key=lambda candidate: candidate.thread.line)
        self.outcome.to_delete = [candidate.thread.id for candidate in self.ready]
        self.outcome.lost_files = sum(candidate.lost_files for candidate in self.ready)

    async def delete(self, progress: Progress) -> None:
        """Delete what may go, each looked at once more."""
        await self._each(self.ready, self._delete, progress)

    async def _each(
        self,
        found: Iterable[Candidate],
        work: Callable[[Candidate], Awaitable[None]],
        progress: Progress,
    ) -> None:
        waiting = iter(found)

        async def take() -> None:
            for candidate in waiting:
                await work(candidate)
                progress.done(0)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(self.at_once):
                tasks.create_task(take())

    async def _look(self, candidate: Candidate) -> None:
        thread_id = candidate.thread.id
        if self.journal.is_deleted(thread_id):
            self.outcome.deleted_before.append(thread_id)
        elif candidate.why_not:
            self.outcome.refused[thread_id] = candidate.why_not
        elif await self._is_still_there(candidate):
            self.ready.append(candidate)

    async def _delete(self, candidate: Candidate) -> None:
        thread_id = candidate.thread.id
        if not await self._is_still_there(candidate):
            return
        self.journal.write(thread_id, "asked")
        try:
            request_id = await self.api.delete_thread(thread_id)
        except Refused as refusal:
            if refusal.status != upstream.NOT_FOUND:
                self.outcome.refused[thread_id] = refusal.reason
                return
            # Asked for twice, as the first answer was lost.
            request_id = None
        self.journal.write(thread_id, "deleted", request_id)
        self.outcome.deleted.append(thread_id)

    async def _is_still_there(self, candidate: Candidate) -> bool:
        """Say whether a thread is there and may go; note it where not."""
        thread_id = candidate.thread.id
        try:
            await upstream.check(self.api, self.saved, candidate.thread)
        except Gone:
            if self.journal.was_asked(thread_id):
                self.journal.write(thread_id, "deleted")
                self.outcome.deleted_before.append(thread_id)
            else:
                self.outcome.gone.append(thread_id)
            return False
        except Refused as refusal:
            self.outcome.refused[thread_id] = refusal.reason
            return False
        return True
