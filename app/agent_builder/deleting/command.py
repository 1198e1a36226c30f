"""The `delete-hosted` command: what is to go, a confirmation, and what became of it.

Looking and deleting are two halves with the confirmation in between, during which nothing is connected.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from app.agent_builder.archive.reader import ArchiveProblem
from app.agent_builder.deleting.api import METHODS, DeletingApi
from app.agent_builder.deleting.asking import Waits, confirm
from app.agent_builder.deleting.candidates import Candidate, candidates
from app.agent_builder.deleting.condition import Condition, check_source, checked
from app.agent_builder.deleting.journal import Journal
from app.agent_builder.deleting.outcome import Outcome
from app.agent_builder.deleting.run import Deletion
from app.agent_builder.export.clock import Clock
from app.agent_builder.export.command import read_key
from app.agent_builder.export.patience import Patience
from app.agent_builder.export.session import connected
from app.agent_builder.export.stopping import EXIT_INTERRUPTED, ExportStopped, Refused
from app.agent_builder.export.workspace import Workspace, opened
from app.agent_builder.importing.progress import Progress
from app.agent_builder.importing.saved import SavedThread, SavedThreads
from app.agent_builder.terminal import print_text
from app.agent_builder.verifying.command import UNIT_SECONDS
from app.agent_builder.verifying.comparing import Comparison
from app.agent_builder.verifying.files import StoredFiles
from app.attachments.blobs import Blobs
from app.audit import Actor, Entry, record
from app.audit.record import MOST_THREADS
from app.db.opening import open_database
from app.errors import ChatKitServerError, ConfigurationError
from app.settings import Settings, load_settings

EXIT_FINE, EXIT_FINDINGS = 0, 1
INTERRUPTED = "Interrupted: run the same command again to go on."


def run(options: argparse.Namespace, clock: Clock | None = None) -> int:
    """Delete: 0 all of it has gone, 1 something stays, 2 it could not start, 130 interrupted."""
    if not options.archive.is_dir():
        raise ConfigurationError(f"{options.archive} is no folder.")
    settings, clock = load_settings(), clock or Clock()
    try:
        key = read_key()
        with opened(options.archive) as workspace:
            condition, found = asyncio.run(_found(options, settings, workspace))
            journal = Journal(options.archive, clock)
            outcome = Outcome(str(options.archive), options.dry_run, condition.verified, str(journal.path))
            return _Run(options, settings, clock, key, condition, journal, outcome).run(found)
    except ExportStopped as stopped:
        return _failed(options, str(stopped), stopped.exit_code)
    except (ArchiveProblem, ChatKitServerError) as problem:
        return _failed(options, str(problem), EXIT_FINDINGS)


@dataclass(frozen=True, slots=True)
class _Run:
    options: argparse.Namespace
    settings: Settings
    clock: Clock
    key: str
    condition: Condition
    journal: Journal
    outcome: Outcome

    def run(self, found: list[Candidate]) -> int:
        """Look, ask, delete and report."""
        ready = list[Candidate]()
        is_done = self._half(self._look(found, ready))
        if is_done and ready and not self.options.dry_run:
            if not confirm(self.outcome, self.options.confirm):
                return _failed(self.options, "That is not the phrase. Nothing was deleted.", EXIT_FINDINGS)
            self._half(self._delete(ready))
        outcome = self.outcome
        print_text(json.dumps(outcome.as_json(), indent=2) if self.options.json else outcome.as_words())
        if outcome.stopped == INTERRUPTED:
            return EXIT_INTERRUPTED
        return EXIT_FINE if outcome.is_fine else EXIT_FINDINGS

    def _half(self, work: Coroutine[Any, Any, None]) -> bool:
        """Carry one half out; say whether it came to its end, and note why if it did not."""
        try:
            asyncio.run(work)
        except KeyboardInterrupt:
            self.outcome.stopped = INTERRUPTED
        except (ExportStopped, ExceptionGroup) as error:
            stopped = _stopped_by(error)
            if not self.outcome.deleted:
                raise stopped from None
            self.outcome.stopped = str(stopped)
        return not self.outcome.stopped

    async def _look(self, found: list[Candidate], ready: list[Candidate]) -> None:
        async with self._deletion() as deletion:
            await self._check_source(deletion.api)
            with _progress("looked at", found) as progress:
                await deletion.look(found, progress)
            ready += deletion.ready

    async def _check_source(self, api: DeletingApi) -> None:
        check_source(self.condition.saved, api.base_url, None)
        try:
            # Which project the key is for is known after an answer.
            await api.list_threads(None, None)
        except Refused as refusal:
            said = f' It said: "{refusal.said}"' if refusal.said and self.key not in refusal.said else ""
            raise ExportStopped(f"{api.base_url} lists no threads ({refusal.reason}).{said}") from None
        check_source(self.condition.saved, api.base_url, api.project)

    async def _delete(self, ready: list[Candidate]) -> None:
        await self._write_down(ready)
        async with self._deletion() as deletion:
            deletion.ready = ready
            with _progress("deleted", ready) as progress:
                await deletion.delete(progress)

    @asynccontextmanager
    async def _deletion(self) -> AsyncIterator[Deletion]:
        async with connected(self.key, METHODS) as (client, web):
            patience = Patience(self.options.concurrency, self.clock, Waits(sys.stderr))
            api = DeletingApi(client, web, patience, self.clock)
            yield Deletion(api, self.condition.saved, self.journal, self.outcome, self.options.concurrency)

    async def _write_down(self, ready: list[Candidate]) -> None:
        """Write into the audit log what is about to be deleted; raise `Unavailable` where it cannot be."""
        by_owner = dict[str | None, list[str]]()
        for candidate in ready:
            by_owner.setdefault(candidate.owner, []).append(candidate.thread.id)
        details = {"manifest_sha256": self.condition.manifest_sha256}
        entries = [
            Entry("hosted.delete", owner, tuple(threads[start : start + MOST_THREADS]), details)
            for owner, threads in by_owner.items()
            for start in range(0, len(threads), MOST_THREADS)
        ]
        async with open_database(self.settings) as opened_database:
            await record(opened_database.database, Actor.at_command_line(), entries)


async def _found(
    options: argparse.Namespace, settings: Settings, workspace: Workspace
) -> tuple[Condition, list[Candidate]]:
    """Return the archive, and its threads that were asked for, compared with the database."""
    async with open_database(settings, unit_seconds=UNIT_SECONDS) as opened_database:
        database = opened_database.database
        condition = await checked(options.archive, workspace, database)
        threads = _chosen(condition.saved, options.user)
        files = StoredFiles(database, Blobs(settings.files_url, settings.data_dir / "files"))
        comparison = Comparison(database, condition.saved, files)
        lenient = options.despite_lost_files
        with _progress("compared", threads) as progress:
            found = list[Candidate]()
            async for candidate in candidates(
                condition.saved, threads, comparison, database, despite_lost_files=lenient
            ):
                found.append(candidate)
                progress.done(0)
    return condition, found


@contextmanager
def _progress(what: str, threads: Sequence[object]) -> Iterator[Progress]:
    progress = Progress(sys.stderr, what, len(threads), parts="")
    try:
        yield progress
    finally:
        progress.close()


def _chosen(saved: SavedThreads, users: list[str]) -> list[SavedThread]:
    threads = list(saved.threads())
    if saved.findings:
        raise ArchiveProblem(f"The archive is damaged: {saved.findings[0].problem}.")
    if not users:
        return threads
    known = {thread.user for thread in threads}
    if unknown := [user for user in users if user not in known]:
        raise ConfigurationError(f"The archive has no threads of the user {unknown[0]!r}.")
    return [thread for thread in threads if thread.user in users]


def _stopped_by(error: Exception) -> ExportStopped:
    """Return what ended the work; an error that nobody foresaw is raised again, for a bug report."""
    cause = error
    while isinstance(cause, ExceptionGroup):
        cause = cause.exceptions[0]
    if isinstance(cause, ExportStopped):
        return cause
    if isinstance(cause, OSError):
        return ExportStopped(f"The journal cannot be written: {cause.strerror or cause}.")
    raise cause


def _failed(options: argparse.Namespace, sentence: str, exit_code: int) -> int:
    if options.json:
        print_text(json.dumps({"fine": False, "problem": sentence}, indent=2))
    sys.stderr.write(f"chatkit-server: {sentence}\n")
    return exit_code
