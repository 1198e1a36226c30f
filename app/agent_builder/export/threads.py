"""Save one thread: read its items page by page, with their attachments.

A page is written down only after its attachments were fetched, so nothing of it is ever asked for again.
"""

from typing import Any

from app.agent_builder.export.api import PAGE_SIZE, HostedApi
from app.agent_builder.export.attachments import AttachmentSaver
from app.agent_builder.export.journal import PageLog
from app.agent_builder.export.pages import Page, line_id, read_line
from app.agent_builder.export.paging import fallback_ids, follow
from app.agent_builder.export.staging import Stager, base_of
from app.agent_builder.export.stopping import Refused
from app.agent_builder.export.workspace import Workspace

USER_MESSAGES = ("chatkit.user_message", "user_message")


class ThreadSaver:
    """Saves threads one at a time; many may be saved at once through one saver."""

    def __init__(
        self, api: HostedApi, workspace: Workspace, attachments: AttachmentSaver, stager: Stager
    ) -> None:
        self._api = api
        self._workspace = workspace
        self._attachments = attachments
        self._stager = stager

    async def save(self, thread_id: str, *, delta: bool) -> dict[str, Any]:
        """Read what is missing of a thread and write down its outcome; return that record.

        With `delta`, a thread saved before is read from its last user message on.
        """
        log = self._workspace.item_log(thread_id)
        refusal = None
        try:
            await self._read(thread_id, log, delta=delta)
        except Refused as caught:
            refusal = caught
        return self._stager.settle(thread_id, log, refusal)

    async def _read(self, thread_id: str, log: PageLog, *, delta: bool) -> None:
        pages = list(log.records())
        if pages and pages[-1]["last"]:
            return
        ids = [line_id(line) for _, line in log.lines()]
        seen = set(ids)
        base, after = self._delta_start(thread_id) if delta and not pages else (base_of(pages), None)
        if pages:
            after = pages[-1]["after"]
        known = {str(record["attachment_id"]): record for record in self._stager.old_attachments(thread_id)}

        async def fetch(cursor: str | None) -> Page:
            nonlocal base
            if cursor is None and base:
                # The place to go on from is gone at the other end: read the whole thread instead.
                base = 0
                seen.clear()
                log.remove()
            return await self._api.list_items(thread_id, cursor)

        async for page in follow(fetch, after, fallback_ids(ids[-PAGE_SIZE:])):
            new = [element for element in page.elements if element.id is None or element.id not in seen]
            seen.update(element.id for element in new)
            saved = await self._attachments.save_page(thread_id, new, known)
            record = {"base": base, "attachments": saved, **page.record()}
            log.append([element.line for element in new], record)

    def _delta_start(self, thread_id: str) -> tuple[int, str | None]:
        """Where a thread saved before may have changed: from its last user message on.

        Returns how many saved lines stand before that, and the id of the last of them.
        """
        base, after, last = 0, None, None
        for at, line in enumerate(self._stager.old_items(thread_id)):
            value = read_line(line)
            if at and isinstance(value, dict) and value.get("type") in USER_MESSAGES:
                base, after = at, last
            last = line_id(line)
        return (base, after) if after else (0, None)
