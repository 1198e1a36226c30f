"""The bytes of an upload while they arrive: counted, hashed, and on disk under no name.

The file has no entry in any folder, so that nothing is left of it however this ends.
"""

import asyncio
import hashlib
import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.attachments.failures import storage_failures_refused
from app.attachments.recognition import ENDS, Ends
from app.attachments.rules import Limits

CHUNK = 262_144
"""Bytes that are gathered before they are written, so that small packets do not cost a call each."""


class Incoming:
    """One upload. Refuses the first byte over the limit."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._gathered = bytearray()
        self._hash = hashlib.sha256()
        self.size = 0

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.size += len(chunk)
        if self.size > self._limits.max_bytes:
            raise self._limits.too_large()
        self._gathered += chunk
        if len(self._gathered) >= CHUNK:
            await self.flush()

    async def flush(self) -> None:
        """Write down what was gathered."""
        gathered, self._gathered = bytes(self._gathered), bytearray()
        with storage_failures_refused():
            await asyncio.to_thread(self._append, gathered)

    @property
    def sha256(self) -> str:
        """The hash of all bytes written down, in hexadecimal."""
        return self._hash.hexdigest()

    @property
    def file(self) -> BinaryIO:
        """The bytes written down, to be read from their beginning."""
        self._file.seek(0)
        return self._file

    def ends(self, name: str) -> Ends:
        """Return what a type is recognised by."""
        head = self.file.read(ENDS)
        self._file.seek(max(0, self.size - ENDS))
        return Ends(head, self._file.read(ENDS), name)

    @contextmanager
    def mapped(self) -> Iterator[mmap.mmap]:
        """Give all bytes at once, without taking the memory for them."""
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content

    def _append(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)
        self._file.flush()


@contextmanager
def incoming(folder: Path, limits: Limits) -> Iterator[Incoming]:
    """Take one upload, whose bytes are kept in `folder` for as long as the block lasts."""
    with storage_failures_refused():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (closed by the block below)
    with file:
        yield Incoming(file, limits)
