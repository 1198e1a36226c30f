"""Every thread of an archive, each in one transaction: there whole or not at all, however this ends.

Some are under way at once, so that the database works while the next ones are put together. What is done is
recognised by its hash, so that a second run goes on where the first was killed, and changes nothing else.
"""

import asyncio
import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from app.agent_builder.archive.layout import THREADS
from app.agent_builder.importing.composing import Composed, Composer, content_sha256
from app.agent_builder.importing.outcome import Outcome
from app.agent_builder.importing.owners import Owners, Shared
from app.agent_builder.importing.progress import Progress
from app.agent_builder.importing.saved import SavedItems, SavedThread, SavedThreads
from app.attachments.importing import FileImporter
from app.db.engine import Database
from app.errors import BadRequest, StorageFull, Unavailable
from app.ids import ThreadId, UserId
from app.threads.importing.creating import ROWS_AT_ONCE, create, forget
from app.threads.importing.standing import NOTHING, Standing, standing
from app.threads.importing.updating import update

logger = logging.getLogger(__name__)

AT_ONCE = 4
"""Threads under way; more do not help, as putting them together takes one processor."""

ASKED_AT_ONCE = 500


@dataclass(slots=True)
class Import:
    """Made once. With `restore_deleted` threads that were deleted here are brought back."""

    database: Database
    saved: SavedThreads
    owners: Owners
    composer: Composer
    files: FileImporter
    outcome: Outcome
    progress: Progress
    restore_deleted: bool = False

    async def run(self) -> None:
        """Import everything. Raises `Unavailable` or `StorageFull`; then a second run goes on from there."""
        queue: asyncio.Queue[tuple[SavedThread, UserId, Standing] | None] = asyncio.Queue(AT_ONCE)
        try:
            async with asyncio.TaskGroup() as tasks:
                workers = [tasks.create_task(self._work(queue)) for _ in range(AT_ONCE)]
                for threads in _some(self.saved.threads()):
                    found = await standing(self.database, [thread.id for thread in threads])
                    for thread in threads:
                        owner = self._owner(thread)
                        before = found.get(ThreadId(thread.id), NOTHING)
                        if owner is not None and self._may_write(thread, owner, before):
                            await queue.put((thread, owner, before))
                for _ in workers:
                    await queue.put(None)
        except* (Unavailable, StorageFull) as stopped:
            raise _first(stopped) from None
        finally:
            self.outcome.findings = self.saved.findings
            self.outcome.incomplete = self.saved.incomplete()

    def _owner(self, thread: SavedThread) -> UserId | None:
        try:
            owner = self.owners.of(thread.user)
        except Shared as shared:
            self._refuse(thread, str(shared))
            return None
        if owner is None:
            self.outcome.add("unknown_user")
            self.outcome.unknown_users[thread.user or "(threads without a user)"] += 1
        return owner

    def _may_write(self, thread: SavedThread, owner: UserId, before: Standing) -> bool:
        if any(found not in (None, owner) for found in (before.user_id, before.imported_for)):
            self._refuse(thread, "a thread with its id belongs to somebody else here")
        elif before.user_id is not None and before.imported_for is None:
            self._refuse(thread, "a thread with its id is here and was not imported")
        elif before.is_deleted_here and not self.restore_deleted:
            self.outcome.add("deleted_here")
            self.outcome.deleted_here.append(thread.id)
        else:
            return True
        return False

    async def _work(self, queue: "asyncio.Queue[tuple[SavedThread, UserId, Standing] | None]") -> None:
        while (order := await queue.get()) is not None:
            thread, owner, before = order
            items = self.saved.items(thread)
            if items is None:
                self.outcome.add("damaged")
                continue
            try:
                await self._import(thread, items, owner, before)
            except (Unavailable, StorageFull):
                raise
            except BadRequest as error:
                self._refuse(thread, error.message)
            except Exception as error:
                # One thread that nobody foresaw must not keep all others out.
                logger.exception("a thread cannot be imported", extra={"thread_id": thread.id})
                self._refuse(thread, f"it cannot be imported ({type(error).__name__})")
            self.progress.done(len(items.raws))

    async def _import(self, thread: SavedThread, items: SavedItems, owner: UserId, before: Standing) -> None:
        is_here = before.user_id is not None
        if is_here and before.content_sha256 == content_sha256(self.saved, thread, items):
            self.outcome.add("unchanged")
            return
        if is_here and before.is_continued_here:
            self._keep(thread, "kept", ["items"])
            return
        language = before.language if is_here else None
        composed = await self.composer.compose(thread, items, owner, language)
        if self.outcome.dry_run:
            self.outcome.add("updated" if is_here else "imported", composed)
        elif is_here:
            await self._update(thread, composed)
        else:
            await self._create(thread, composed, again=before.is_deleted_here)

    async def _create(self, thread: SavedThread, composed: Composed, *, again: bool) -> None:
        made = composed.thread
        if (
            not again
            and not composed.with_files
            and len(made.memory["seq"]) <= ROWS_AT_ONCE >= len(made.item_ids)
        ):
            is_made = await create(self.database, made)
        else:
            async with self.database.transaction() as connection:
                if again:
                    await forget(connection, made.id, made.user_id)
                is_made = await create(connection, made)
                for message in composed.with_files if is_made else ():
                    await self.files.claim(connection, made.user_id, message)
        if is_made:
            self.outcome.add("imported", composed)
        elif (await standing(self.database, [made.id]))[made.id].imported_for == made.user_id:
            # By another import that runs at the same time.
            self.outcome.add("unchanged")
        else:
            self._refuse(thread, "its id has been taken meanwhile")

    async def _update(self, thread: SavedThread, composed: Composed) -> None:
        async with self.database.transaction() as connection:
            updated = await update(connection, composed.thread)
            for message in composed.with_files if updated.written else ():
                await self.files.claim(connection, composed.thread.user_id, message)
        if updated.written:
            self.outcome.add("updated", composed)
        if updated.kept:
            self._keep(thread, "" if updated.written else "kept", list(updated.kept))

    def _keep(self, thread: SavedThread, counted: str, what: list[str]) -> None:
        self.outcome.kept[thread.id] = what
        if counted:
            self.outcome.add(counted)

    def _refuse(self, thread: SavedThread, problem: str) -> None:
        self.outcome.add("refused")
        self.saved.note(THREADS, thread.line, problem, thread.id)


def _some(threads: Iterator[SavedThread]) -> Iterator[list[SavedThread]]:
    while some := list(itertools.islice(threads, ASKED_AT_ONCE)):
        yield some


def _first(group: BaseExceptionGroup[Unavailable | StorageFull]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
