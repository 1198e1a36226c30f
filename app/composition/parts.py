"""All parts of a running server: made in order, at work while they are needed, and taken down again."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from app.assistant import Assistant
from app.assistant.loading import load_assistant
from app.attachments import Attachments
from app.auth.authenticator import Authenticator, authenticator
from app.auth.secret_key import load_secret_key
from app.auth.sessions import Sessions
from app.chatkit_api.server import Server
from app.composition.conversations import Conversations, make_conversations
from app.composition.files import Files, make_files
from app.composition.turns import TurnParts, make_turns
from app.db.opening import OpenDatabase, open_database
from app.erasing.retention import UNIT_SECONDS as RETENTION_UNIT_SECONDS
from app.erasing.retention import Retention
from app.limits import CallerLimits, caller_limits, sweep
from app.settings import AuthMode, Settings
from app.turns.runner import TurnRunner
from app.workflows.catalogue import workflow_files
from app.workflows.serving import load_workflows

if TYPE_CHECKING:
    from app.db.embedded import EmbeddedPostgres

Job = Coroutine[Any, Any, None]


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that was made, for the routes and for the process."""

    settings: Settings
    opened: OpenDatabase
    assistant: Assistant
    sessions: Sessions
    identities: Authenticator
    kept: Files
    turning: TurnParts
    callers: CallerLimits
    conversations: Conversations

    @property
    def turns(self) -> TurnRunner:
        """Whom to tell of a shutdown."""
        return self.turning.runner

    @property
    def server(self) -> Server:
        """What carries out the operations of the protocol."""
        return self.conversations.server

    @property
    def files(self) -> Attachments:
        """What takes and shows files."""
        return self.kept.attachments

    @property
    def summary(self) -> str:
        """What to say at the start."""
        model = self.assistant.model_name or "as the agent says"
        modes = ", ".join(mode for mode in get_args(AuthMode) if mode in self.settings.auth)
        database = f"database: {self.opened.description}"
        return f"{database} · agent: {self.assistant.name} · model: {model} · signing in: {modes}"


@asynccontextmanager
async def running_parts(
    settings: Settings, postgres: "EmbeddedPostgres | None" = None
) -> AsyncIterator[Parts]:
    """Make every part, and take all down again in reverse order.

    `postgres` is the embedded server, where its start was begun already.
    """
    secret_key = load_secret_key(settings)
    async with (
        aclosing(_assistant(settings)) as assistant,
        open_database(settings, postgres, walled=settings.row_level_security) as opened,
    ):
        database = opened.database
        sessions = Sessions(database)
        identities = authenticator(settings, secret_key, sessions)
        files = make_files(database, assistant, sessions, secret_key, settings)
        turning = make_turns(opened, assistant, files, settings)
        callers = caller_limits(database, turning.runner, settings)
        conversations = make_conversations(database, files, turning, callers, settings)
        sweeping = (
            files.collector.run(),
            sessions.collect(),
            sweep(database),
            *_pruning(opened, files, settings),
        )
        asking = (job() for job in identities.jobs)
        async with _in_background(*turning.jobs, *sweeping, *asking):
            try:
                yield Parts(
                    settings, opened, assistant, sessions, identities, files, turning, callers, conversations
                )
            finally:
                await turning.runner.stop()


@asynccontextmanager
async def _in_background(*jobs: Job) -> AsyncIterator[None]:
    """Run jobs that never end by themselves for as long as the block lasts."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _assistant(settings: Settings) -> Assistant:
    return load_workflows(settings) if workflow_files(settings.agent) else load_assistant(settings)


def _pruning(opened: OpenDatabase, files: Files, settings: Settings) -> Iterator[Job]:
    """Yield what removes threads by their age, if anything is to."""
    if settings.retention_days is not None:
        open_ = partial(opened.another, unit_seconds=RETENTION_UNIT_SECONDS)
        yield Retention(open_, timedelta(days=settings.retention_days), files.collector.soon).run()
