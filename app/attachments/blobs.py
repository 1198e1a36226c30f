"""Where the bytes of files are: a folder, or object storage, behind the same few calls.

Keys are made here and mean nothing. A key is written once: what is there is never written over. Knows neither
rows nor users. obstore is imported when the first byte is moved.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from datetime import timedelta
from mmap import mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from app.attachments.failures import storage_failures_refused
from app.attachments.serving import Served
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore._sign import SignCapableStore
    from obstore.store import ObjectStore

SCHEMES = ("s3://", "gs://", "az://", "file://")
CHUNK = 262_144
CLOUDS = ("AWS", "AZURE", "GOOGLE")
TIMEOUT = timedelta(seconds=120)
"""How long one call of the object storage may take."""

RETRIES, RETRY_TIMEOUT = 2, timedelta(seconds=10)
"""How often a call is repeated, and until when; somebody waits for it."""


def new_key() -> str:
    """Return a key that nobody can guess and nothing else has."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


class Blobs:
    """Made once."""

    def __init__(self, url: str | None, folder: Path) -> None:
        """`url` names a bucket and a prefix in it; without one, bytes are kept in `folder`."""
        if url is not None and not url.startswith(SCHEMES):
            raise ConfigurationError(f"CHATKIT_FILES_URL must begin with one of {', '.join(SCHEMES)}.")
        self._url = url
        self._folder = folder
        self._made: ObjectStore | None = None

    @property
    def is_object_storage(self) -> bool:
        """Whether browsers could be given addresses at which the storage itself answers."""
        return self._url is not None and not self._url.startswith("file://")

    async def put(self, key: str, data: "bytes | mmap", as_served: Served) -> None:
        """Keep bytes under a new key, all of them or none, and how an object storage is to serve them."""
        headers: Attributes | None = None
        if self.is_object_storage:
            headers = {
                "Content-Type": as_served.media_type,
                "Content-Disposition": as_served.disposition,
            }
        with storage_failures_refused():
            store = await self._store()
            where = await self._checked(key)
            await store.put_async(where, data, mode="create", use_multipart=False, attributes=headers)

    async def address(self, method: Literal["GET", "PUT"], key: str, life: timedelta) -> str:
        """Return an address at which the object storage itself answers whoever has it, for `life`."""
        from obstore import sign_async

        with storage_failures_refused():
            # Folders, which cannot sign, are told apart by `is_object_storage`.
            return await sign_async(cast("SignCapableStore", await self._store()), method, key, life)

    async def read(self, key: str) -> bytes:
        """Return the bytes under a key; raise `NotFound` if there are none."""
        with storage_failures_refused(reading=True):
            found = await (await self._store()).get_async(await self._checked(key))
            return bytes(await found.bytes_async())

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Return the bytes under a key in pieces; raise `NotFound` before the first if there are none."""
        with storage_failures_refused(reading=True):
            found = await (await self._store()).get_async(await self._checked(key))
        return _pieces(found)

    async def remove(self, keys: Iterable[str]) -> None:
        """Remove what is under these keys, if anything is."""
        with storage_failures_refused():
            store = await self._store()
            for key in keys:
                with suppress(FileNotFoundError):
                    await store.delete_async(key)
                if not self.is_object_storage:
                    # What obstore leaves of a write when its process is killed.
                    await asyncio.to_thread((self._folder / f"{key}#1").unlink, missing_ok=True)

    async def _store(self) -> "ObjectStore":
        if self._made is None:
            self._made = await asyncio.to_thread(self._open)
        return self._made

    def _open(self) -> "ObjectStore":
        from obstore.store import LocalStore, from_url

        if self._url is not None and self.is_object_storage:
            # Given options replace the environment's.
            insecure = any(os.environ.get(f"{cloud}_ALLOW_HTTP", "").lower() == "true" for cloud in CLOUDS)
            return from_url(
                self._url,
                client_options={"timeout": TIMEOUT, "allow_http": insecure},
                retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_TIMEOUT},
            )
        if self._url is not None:
            self._folder = Path(self._url.removeprefix("file://"))
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = self._folder.resolve()
        return LocalStore(self._folder)

    async def _checked(self, key: str) -> str:
        """Refuse to follow a link out of the folder; obstore would."""
        if not self.is_object_storage:
            path = self._folder / key
            if await asyncio.to_thread(path.resolve) != path:
                raise FileNotFoundError(key)
        return key


async def _pieces(found: Any) -> AsyncIterator[bytes]:
    with storage_failures_refused():
        async for piece in found.stream(min_chunk_size=CHUNK):
            yield bytes(piece)
