"""What one answer shows, of however many runs it is made: which items, which files, and what is noted.

Owns the rule that what is published holds no bytes: images become files, files that code has made are fetched
and linked. Runs nothing, and stores no item; the turn does.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from chatkit.store import StoreItemType
from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)

from app.context import RequestContext
from app.ids import ThreadId
from app.turns.cited_files import FetchedFiles
from app.turns.generated_images import GeneratedImages
from app.turns.mapper.citations import CitedFiles
from app.turns.notes import Notes
from app.turns.publishing import is_hidden

if TYPE_CHECKING:
    from app.turns.answering import Answering


class Showing:
    """Made once per answer; `stop` ends what it has begun."""

    def __init__(self, answering: "Answering", thread: ThreadMetadata, context: RequestContext) -> None:
        self._answering = answering
        self._thread = thread
        self._context = context
        self._fetched = FetchedFiles(
            answering.assistant.container_files, answering.files, ThreadId(thread.id), context
        )
        self.images = GeneratedImages(answering.files, ThreadId(thread.id), context, self.new_item_id)
        self.notes = Notes()
        self.item_ids: dict[str, None] = {}
        """The items that are to be seen, in the order in which they appeared."""

    def beside(self) -> "Showing":
        """Return what shows a run that goes on beside others; what is noted of it is noted here."""
        other = Showing(self._answering, self._thread, self._context)
        other.notes = self.notes
        return other

    async def published(
        self, events: Iterable[ThreadStreamEvent], cited: Iterable[CitedFiles] = ()
    ) -> Sequence[ThreadStreamEvent]:
        """Return what is shown of `events`: images as files, and by now `cited` files as links."""
        published = await self.images.published(events)
        for event in published:
            self._note(event)
        self._fetched.fetch(cited)
        return [*published, *self._fetched.take()]

    async def rest(self) -> Sequence[ThreadStreamEvent]:
        """Return the last links, when no run follows."""
        return await self._fetched.rest()

    async def stop(self) -> None:
        """Fetch nothing more; returns when nothing of it is left."""
        await self._fetched.stop()

    def new_item_id(self, kind: StoreItemType) -> str:
        """Return an id for an item of the answer."""
        return self._answering.store.generate_item_id(kind, self._thread, self._context)

    def _note(self, event: ThreadStreamEvent) -> None:
        self.notes.observe(event)
        match event:
            case ThreadItemAddedEvent() | ThreadItemDoneEvent() if not is_hidden(event):
                self.item_ids[event.item.id] = None
            case ThreadItemRemovedEvent():
                self.item_ids.pop(event.item_id, None)
            case _:
                pass
