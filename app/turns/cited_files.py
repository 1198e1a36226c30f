"""Files that code has made at the provider and an answer cites: fetched beside it, kept, and linked.

The provider keeps such a file for minutes only, and nobody without its key can read it. Owns the tasks that
fetch them: they delay no text, and a file that cannot be had leaves a citation without a link.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress

from chatkit.types import Annotation, AssistantMessageItem, ThreadItemReplacedEvent

from app.assistant.container_files import ContainerFiles
from app.attachments import Attachments
from app.attachments.answers import LinkedFile
from app.context import RequestContext
from app.ids import ThreadId
from app.turns.mapper.citations import CitedFiles, ContainerFile

logger = logging.getLogger(__name__)

MAX_FILES = 20
"""Files of one message; the rest is cited without a link."""
MAX_BYTES = 25_000_000
FETCH_SECONDS = 20.0
"""How long the files of one message may take together."""
LAST_SECONDS = 10.0
"""How long the end of an answer waits for what is not there yet."""


class FetchedFiles:
    """Made once per answer."""

    def __init__(
        self, provider: ContainerFiles, files: Attachments, thread_id: ThreadId, context: RequestContext
    ) -> None:
        self._provider = provider
        self._files = files
        self._thread_id = thread_id
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()
        self._linked: list[ThreadItemReplacedEvent] = []

    def fetch(self, cited: Iterable[CitedFiles]) -> None:
        """Begin to fetch the files of messages that have ended."""
        for message in cited:
            task = asyncio.create_task(self._fetch(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def take(self) -> Sequence[ThreadItemReplacedEvent]:
        """Return the messages whose citations have got links since the last time."""
        linked, self._linked = self._linked, []
        return linked

    async def rest(self) -> Sequence[ThreadItemReplacedEvent]:
        """Wait until nothing is fetched any more, though not for ever; return as `take` does."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
        return self.take()

    async def stop(self) -> None:
        """Fetch nothing more; returns when nothing of it is left."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _fetch(self, cited: CitedFiles) -> None:
        wanted = list(dict.fromkeys(cited.files.values()))[:MAX_FILES]
        kept: dict[ContainerFile, str] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout(FETCH_SECONDS):
                for file in wanted:
                    if (attachment_id := await self._keep(cited.item, file)) is not None:
                        kept[file] = attachment_id
        if kept:
            self._linked.append(ThreadItemReplacedEvent(item=self._with_links(cited, kept)))

    async def _keep(self, item: AssistantMessageItem, file: ContainerFile) -> str | None:
        data = await self._provider.read(file.container_id, file.file_id, MAX_BYTES)
        if not data:
            return None
        try:
            return await self._files.store_generated(
                self._thread_id, self._context.user_id, item.id, file.name or "file", data
            )
        # Nobody waits for this task's own result, and the answer is complete without the file.
        except Exception as error:
            logger.warning("a cited file could not be kept", extra={"error": type(error).__name__})
            return None

    def _with_links(self, cited: CitedFiles, kept: dict[ContainerFile, str]) -> AssistantMessageItem:
        content = list(cited.item.content)
        for (number, place), file in cited.files.items():
            if (attachment_id := kept.get(file)) is None:
                continue
            annotations = list(content[number].annotations)
            annotations[place] = self._link(annotations[place], attachment_id)
            content[number] = content[number].model_copy(update={"annotations": annotations})
        return cited.item.model_copy(update={"content": content})

    def _link(self, annotation: Annotation, attachment_id: str) -> Annotation:
        address = self._files.url(attachment_id, self._context)
        source = LinkedFile(title=annotation.source.title, url=address, attachment_id=attachment_id)
        return annotation.model_copy(update={"source": source})
