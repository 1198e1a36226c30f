"""Whose the conversations of a comparison are: users who are nobody, and whose threads go when it is done.

What a comparison that was killed has left goes with the next one: a process holds the name of its run for as
long as it lives, and so says that its threads are still needed.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic_core import to_json

from app.agent_builder.comparing.chat import Served
from app.attachments.collecting import Collector
from app.context import Principal, RequestContext
from app.db.presence import Presence
from app.errors import ChatKitServerError, NotFound
from app.ids import UserId, new_id
from app.threads.scratch import ScratchThread, new_run, scratch_threads, scratch_user


@dataclass(slots=True)
class Scratch:
    """`left` are threads that could not be removed."""

    run: str
    left: int = 0

    def user(self, number: int) -> UserId:
        """Return the user of one conversation."""
        return scratch_user(self.run, number)


@asynccontextmanager
async def scratch(served: Served, presence: Presence) -> AsyncIterator[Scratch]:
    """Have users who are nobody; remove all that is theirs when the block is over, however it ends."""
    found = Scratch(new_run())
    async with presence.held(found.run):
        for run, threads in (await scratch_threads(served.opened.database)).items():
            if not await presence.is_held(run):
                await _remove(served, threads)
        try:
            yield found
        finally:
            threads = (await scratch_threads(served.opened.database)).get(found.run, [])
            found.left = await _remove(served, threads)
            await Collector(served.opened.database, served.files.blobs).collect()


async def _remove(served: Served, threads: list[ScratchThread]) -> int:
    """Delete threads as their users would; return how many are still there."""
    left = 0
    for thread in threads:
        context = RequestContext(Principal(thread.user_id), new_id("req"), cancels_explicitly=True)
        request = {"type": "threads.delete", "params": {"thread_id": thread.thread_id}}
        try:
            await served.server.process(to_json(request), context)
        except NotFound:
            # By somebody else who has found it as well.
            continue
        except ChatKitServerError:
            left += 1
    return left
