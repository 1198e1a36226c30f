"""The images of one answer: bytes that the model or a tool brings inside an event become files.

Owns the rule that no image is published, stored or remembered by its bytes. What is shown is the address of a
file. What an image looked like on the way is removed when it is complete; all that belongs to one that does
not come goes with its item.
"""

import asyncio
import base64
import logging
import mimetypes
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chatkit.store import StoreItemType
from chatkit.types import (
    CustomTask,
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    TaskItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)

from app.attachments import Attachments
from app.attachments.recognition import ENDS, Ends, recognised
from app.context import RequestContext
from app.errors import ChatKitServerError
from app.ids import ThreadId
from app.languages import Sentence, translated

logger = logging.getLogger(__name__)

MAX_BYTES = 50_000_000
FINAL_SECONDS = 30.0
"""How long an image may take to be stored before it is given up."""
PARTIAL_SECONDS = 5.0

NOT_SAVED: Sentence = "An image could not be saved."


@dataclass(frozen=True, slots=True)
class _Kept:
    inline: str
    """The address that its bytes came in."""
    attachment_id: str | None
    """None where they could not be kept."""


class GeneratedImages:
    """Made once per answer. `by_call` names the file of each image by the id of the model's call."""

    def __init__(
        self,
        files: Attachments,
        thread_id: ThreadId,
        context: RequestContext,
        new_item_id: Callable[[StoreItemType], str],
    ) -> None:
        self._files = files
        self._thread_id = thread_id
        self._context = context
        self._new_item_id = new_item_id
        self._partial: defaultdict[str, list[str]] = defaultdict(list)
        self._final: dict[str, _Kept] = {}
        self.by_call: dict[str, str] = {}

    async def published(self, events: Iterable[ThreadStreamEvent]) -> list[ThreadStreamEvent]:
        """Return what to publish instead of `events`: the same, but for those that bring an image."""
        published: list[ThreadStreamEvent] = []
        for event in events:
            published += await self._published(event)
        return published

    async def _published(self, event: ThreadStreamEvent) -> Sequence[ThreadStreamEvent]:
        match event:
            case ThreadItemUpdatedEvent(update=GeneratedImageUpdated() as update) if _is_inline(update.image):
                return await self._updated(event, update)
            case ThreadItemAddedEvent(item=GeneratedImageItem(image=GeneratedImage() as image) as item):
                return [event] if not _is_inline(image) else [ThreadItemAddedEvent(item=_empty(item))]
            case ThreadItemDoneEvent(item=GeneratedImageItem(image=GeneratedImage() as image) as item):
                return await self._ended(event, item, image) if _is_inline(image) else [event]
            case ThreadItemReplacedEvent(item=GeneratedImageItem(image=GeneratedImage() as image) as item):
                return await self._ended(event, item, image) if _is_inline(image) else [event]
            case _:
                return [event]

    async def _updated(
        self, event: ThreadItemUpdatedEvent, update: GeneratedImageUpdated
    ) -> Sequence[ThreadStreamEvent]:
        keep = self._kept if update.progress == 1 else self._kept_for_now
        image = await keep(event.item_id, update.image)
        if image is None:
            return []
        return [event.model_copy(update={"update": update.model_copy(update={"image": image})})]

    async def _ended(
        self,
        event: ThreadItemDoneEvent | ThreadItemReplacedEvent,
        item: GeneratedImageItem,
        inline: GeneratedImage,
    ) -> Sequence[ThreadStreamEvent]:
        image = await self._kept(item.id, inline)
        await self._forget_partial(item.id)
        if image is not None:
            return [event.model_copy(update={"item": item.model_copy(update={"image": image})})]
        told = TaskItem(
            id=self._new_item_id("task"),
            thread_id=item.thread_id,
            created_at=item.created_at,
            task=CustomTask(title=translated(NOT_SAVED, self._context.language), icon="square-image"),
        )
        return [ThreadItemRemovedEvent(item_id=item.id), ThreadItemDoneEvent(item=told)]

    async def _kept(self, item_id: str, image: GeneratedImage) -> GeneratedImage | None:
        """Keep an image for good, once."""
        kept = self._final.get(item_id)
        if kept is None or kept.inline != image.url:
            attachment_id = await self._store(item_id, image.url, FINAL_SECONDS)
            kept = self._final[item_id] = _Kept(image.url, attachment_id)
            if attachment_id is not None:
                self.by_call[image.id] = attachment_id
        return self._addressed(image, kept.attachment_id)

    async def _kept_for_now(self, item_id: str, image: GeneratedImage) -> GeneratedImage | None:
        attachment_id = await self._store(item_id, image.url, PARTIAL_SECONDS, passing=True)
        if attachment_id is not None:
            self._partial[item_id].append(attachment_id)
        return self._addressed(image, attachment_id)

    async def _forget_partial(self, item_id: str) -> None:
        for attachment_id in self._partial.pop(item_id, ()):
            # One that is left behind here goes by itself later.
            with suppress(ChatKitServerError, TimeoutError):
                async with asyncio.timeout(PARTIAL_SECONDS):
                    await self._files.discard(attachment_id, self._context.user_id)

    def _addressed(self, image: GeneratedImage, attachment_id: str | None) -> GeneratedImage | None:
        if attachment_id is None:
            return None
        return GeneratedImage(id=image.id, url=self._files.url(attachment_id, self._context))

    async def _store(self, item_id: str, inline: str, seconds: float, *, passing: bool = False) -> str | None:
        try:
            data = _bytes_of(inline)
            kind = recognised(Ends(data[:ENDS], data[-ENDS:], ""))
            async with asyncio.timeout(seconds):
                return await self._files.store_generated(
                    self._thread_id,
                    self._context.user_id,
                    item_id,
                    f"image{mimetypes.guess_extension(kind) or ''}",
                    data,
                    passing=passing,
                    as_image=True,
                )
        except (ValueError, TimeoutError, ChatKitServerError) as error:
            logger.warning("an image could not be kept", extra={"error": type(error).__name__})
            return None


def _empty(item: GeneratedImageItem) -> GeneratedImageItem:
    return item.model_copy(update={"image": None})


def _is_inline(image: GeneratedImage) -> bool:
    return image.url.startswith("data:")


def _bytes_of(inline: str) -> bytes:
    """Return the bytes in a `data:` address; raise `ValueError` where there are none, or too many."""
    head, _, encoded = inline.partition(",")
    if not head.endswith(";base64") or len(encoded) > MAX_BYTES * 4 // 3:
        raise ValueError("not base64, or too large")
    return base64.b64decode(encoded)
