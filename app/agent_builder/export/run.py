"""One run: list the threads, save them concurrently, hand over to `finish`.

The list runs ahead of the threads, so that the total, and with it the time left, is known early. Owns the
tasks; must not touch the archive.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime

from app.agent_builder.archive.reader import Archive
from app.agent_builder.export.api import PAGE_SIZE, HostedApi
from app.agent_builder.export.attachments import AttachmentSaver
from app.agent_builder.export.pages import Element, Page
from app.agent_builder.export.paging import fallback_ids, follow
from app.agent_builder.export.progress import Progress
from app.agent_builder.export.staging import Stager
from app.agent_builder.export.stopping import EXIT_USAGE, ExportStopped, Refused
from app.agent_builder.export.threads import ThreadSaver
from app.agent_builder.export.workspace import Scope, Workspace, other_project

END = None


class Run:
    """Reads everything in scope that the workspace does not hold yet."""

    def __init__(
        self, api: HostedApi, workspace: Workspace, previous: Archive | None, scope: Scope, progress: Progress
    ) -> None:
        self._api = api
        self._workspace = workspace
        self._previous = previous
        self._scope = scope
        self._progress = progress
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    async def read(self, concurrency: int) -> None:
        """Return when every thread in scope is done; raise `ExportStopped` or `OSError` otherwise."""
        attachments = AttachmentSaver(self._api, self._workspace, concurrency)
        stager = Stager(self._workspace, self._previous)
        saver = ThreadSaver(self._api, self._workspace, attachments, stager)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._list(concurrency))
            for _ in range(concurrency):
                tasks.create_task(self._save(saver))

    async def _save(self, saver: ThreadSaver) -> None:
        while (thread_id := await self._queue.get()) is not END:
            self._progress.saved(await saver.save(thread_id, delta=self._scope.delta))

    async def _list(self, workers: int) -> None:
        for thread_id in self._workspace.listed:
            self._enlist(thread_id)
        for user in self._workspace.users:
            page = self._workspace.last_page(user)
            if page is None or not page["last"]:
                await self._list_user(user, page["after"] if page else None)
        self._progress.listing_finished()
        for _ in range(workers):
            self._queue.put_nowait(END)

    async def _list_user(self, user: str | None, after: str | None) -> None:
        fallbacks = fallback_ids(list(self._workspace.listed)[-PAGE_SIZE:]) if after else []

        async def fetch(cursor: str | None) -> Page:
            return await self._api.list_threads(user, cursor)

        try:
            async for page in follow(fetch, after, fallbacks):
                self._same_project()
                self._keep(page, user)
        except Refused as refusal:
            raise ExportStopped(_list_refused(refusal, self._api.base_url), EXIT_USAGE) from None

    def _keep(self, page: Page, user: str | None) -> None:
        new = [element for element in self._unlisted(page.elements) if in_scope(element, self._scope.since)]
        record = {"user": user, **page.record()}
        offset = self._workspace.listing.append([element.line for element in new], record)
        for element in new:
            if element.id:
                self._workspace.listed[element.id] = offset
                self._enlist(element.id)
            offset += self._workspace.listing.size_of(element.line)

    def _unlisted(self, elements: list[Element]) -> Iterator[Element]:
        seen = set[str]()
        for element in elements:
            if element.id is None or (element.id not in self._workspace.listed and element.id not in seen):
                yield element
            seen.add(element.id or "")

    def _enlist(self, thread_id: str) -> None:
        done = self._workspace.record(thread_id)
        self._progress.listed(done)
        if done is None:
            self._queue.put_nowait(thread_id)

    def _same_project(self) -> None:
        found, kept = self._api.project, self._previous.manifest.get("project") if self._previous else None
        if found and kept and found != kept:
            raise other_project(self._workspace.root, kept, found)
        self._workspace.keep_project(found)


def in_scope(thread: Element, since: str | None) -> bool:
    """Whether a thread was created at or after `since`; one that does not say when is in."""
    created = thread.value.get("created_at") if isinstance(thread.value, dict) else None
    if since is None or not isinstance(created, int | float):
        return True
    return created >= datetime.fromisoformat(since).timestamp()


def _list_refused(refusal: Refused, base_url: str) -> str:
    said = f' It said: "{refusal.said}"' if refusal.said else ""
    if refusal.status == 403:
        return f"{base_url} does not let this key list ChatKit threads ({refusal.reason}).{said}"
    if refusal.status == 404:
        return (
            f"{base_url} has no ChatKit threads to list ({refusal.reason}): the address is not OpenAI's, "
            f"or the API is gone.{said} To make an archive of what was saved before, run this with --finish."
        )
    return f"{base_url} refuses to list threads ({refusal.reason}).{said}"
