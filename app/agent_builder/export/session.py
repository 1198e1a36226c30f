"""Put an export together: the client, the reading, the closing of a run. Options and errors: `command`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.agent_builder.archive.reader import Archive
from app.agent_builder.export.api import REQUEST_TIMEOUT, HostedApi
from app.agent_builder.export.clock import Clock, timestamp
from app.agent_builder.export.finish import finish, swap
from app.agent_builder.export.patience import Patience
from app.agent_builder.export.progress import Progress
from app.agent_builder.export.run import Run
from app.agent_builder.export.staging import Stager
from app.agent_builder.export.stopping import EXIT_USAGE, ExportStopped, Refused
from app.agent_builder.export.workspace import Scope, Workspace, opened

if TYPE_CHECKING:
    import openai

TOOL = "chatkit-server agent-builder export"
TOOL_VERSION = "1.0.0"


@dataclass(frozen=True)
class Session:
    """One call of the command."""

    out: Path
    scope: Scope
    concurrency: int
    clock: Clock
    progress: Progress

    def export(self, key: str) -> Archive:
        """Read what is missing and make the archive."""
        with opened(self.out) as workspace:
            if not self._finish_swap(workspace):
                previous = Archive.open(self.out)
                asyncio.run(self._read(workspace, previous, key))
                self._close(workspace, previous, listing_complete=True)
        return Archive(self.out)

    def finish_unread(self) -> Archive:
        """Make an archive of what an interrupted run has saved, without asking for more."""
        with opened(self.out) as workspace:
            if not self._finish_swap(workspace):
                if not workspace.unfinished:
                    raise ExportStopped(f"{self.out} holds no interrupted export to finish.", EXIT_USAGE)
                previous = Archive.open(self.out)
                begun = workspace.run
                workspace.begin(Scope(**begun["scope"]), begun["base_url"], begun["started_at"])
                stager = Stager(workspace, previous)
                for thread_id in workspace.unsaved():
                    unread = Refused("not read to its end: the export was closed before")
                    stager.settle(thread_id, workspace.item_log(thread_id), unread)
                self._close(workspace, previous, listing_complete=workspace.listing_complete)
        return Archive(self.out)

    def _finish_swap(self, workspace: Workspace) -> bool:
        if not workspace.committing.exists():
            return False
        self.progress.say("The last export was read to its end; putting its files in place.")
        swap(workspace)
        return True

    async def _read(self, workspace: Workspace, previous: Archive | None, key: str) -> None:
        async with connected(key) as (client, web):
            patience = Patience(self.concurrency, self.clock, self.progress.waiting)
            api = HostedApi(client, web, patience, self.clock)
            workspace.begin(self.scope, api.base_url, timestamp(self.clock.now()))
            self.progress.say(_opening(key, api.base_url, workspace, previous))
            show = asyncio.create_task(self.progress.show())
            try:
                await Run(api, workspace, previous, self.scope, self.progress).read(self.concurrency)
            finally:
                show.cancel()
                self.progress.close()

    def _close(self, workspace: Workspace, previous: Archive | None, *, listing_complete: bool) -> None:
        begun = workspace.run
        finish(
            workspace,
            previous,
            {
                "project": begun["project"],
                "base_url": begun["base_url"],
                "started_at": begun["started_at"],
                "finished_at": timestamp(self.clock.now()),
                "tool": TOOL,
                "tool_version": TOOL_VERSION,
                "scope": begun["scope"],
                "listing_complete": listing_complete,
            },
        )


@contextlib.asynccontextmanager
async def connected(
    key: str, methods: tuple[str, ...] = ("GET",)
) -> AsyncIterator[tuple[openai.AsyncOpenAI, Any]]:
    """The vendor's client, and the HTTP client under it for addresses outside the API; both send no more."""
    try:
        import openai
    except ImportError:
        raise ExportStopped(
            "The openai package is missing. Run this with `uv run` or `pipx run`, or: pip install openai",
            EXIT_USAGE,
        ) from None

    async def refuse_to_write(request: Any) -> None:
        if request.method not in methods:
            raise RuntimeError(f"an export only reads, but was about to send {request.method} {request.url}")

    web = openai.DefaultAsyncHttpxClient(timeout=REQUEST_TIMEOUT, event_hooks={"request": [refuse_to_write]})
    async with openai.AsyncOpenAI(
        api_key=key, max_retries=0, timeout=REQUEST_TIMEOUT, http_client=web
    ) as client:
        if not hasattr(client.beta, "chatkit"):
            raise ExportStopped(
                f"openai {openai.__version__} does not know ChatKit yet. Upgrade it: pip install -U openai",
                EXIT_USAGE,
            )
        yield client, web


def _opening(key: str, base_url: str, workspace: Workspace, previous: Archive | None) -> str:
    where = f"with the key ending in ...{key[-4:]}, from {base_url} into {workspace.root}"
    if workspace.listed:
        done, listed = len(workspace.finished), len(workspace.listed)
        begun = workspace.run["started_at"]
        return f"Going on {where}: of the export begun at {begun}, {done:,} of {listed:,} threads are saved."
    if previous:
        last = previous.manifest["runs"][-1]["finished_at"]
        return f"Adding to the archive of {last}, {where}. Nothing that is in it gets lost."
    return f"Saving ChatKit threads {where}. Only GET requests are sent; interrupt whenever you like."
