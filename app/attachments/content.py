"""From the bytes of a file to what is known and kept of it: its type, smaller forms, and where they lie."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from mmap import mmap
from typing import BinaryIO

from app.attachments import images
from app.attachments.blobs import Blobs
from app.attachments.recognition import IMAGES, UNKNOWN, Ends, recognised
from app.attachments.rows import rendition_key
from app.attachments.serving import served

IMAGES_AT_ONCE = 2
"""Images looked into at the same time; each takes the memory of its pixels."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a file turned out to be."""

    mime_type: str
    renditions: Mapping[images.Rendition, bytes] = field(default_factory=dict)


class Inspector:
    """Made once."""

    def __init__(self) -> None:
        self._images = asyncio.Semaphore(IMAGES_AT_ONCE)

    async def inspect(self, file: BinaryIO, ends: Ends) -> Inspected:
        """Say what a file is; what begins like an image and is none is an unknown type.

        Raise `BadRequest` for an image with too many pixels.
        """
        mime_type = recognised(ends)
        if mime_type not in IMAGES:
            return Inspected(mime_type)
        async with self._images:
            found = await asyncio.to_thread(images.renditions, file)
        return Inspected(UNKNOWN) if found is None else Inspected(mime_type, found)


async def store(blobs: Blobs, key: str, data: "bytes | mmap", inspected: Inspected, name: str) -> None:
    """Keep a file called `name`, after its smaller forms, so that none is missing where the file is there."""
    for form, rendition in inspected.renditions.items():
        as_served = served(images.media_type(rendition), name)
        await blobs.put(rendition_key(key, form), rendition, as_served)
    await blobs.put(key, data, served(inspected.mime_type, name))
