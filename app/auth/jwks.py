"""The keys of a key server.

One job fetches them: at the start, every few minutes, and when a token names a key that is not known, though
never more than once in 30 seconds. Requests only wait for it, all for the same fetch; what was fetched stays
of use for as long as the server is down.
"""

import asyncio
import contextlib
import logging
from collections.abc import Collection, Sequence
from typing import Any

import httpx2

from app.auth.jwk import KeysById, read_keys
from app.errors import Unavailable
from app.languages import Sentence

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 30.0
"""Least time from the beginning of one fetch to that of the next."""
REFRESH_SECONDS = 300.0
"""After which a key that its server has withdrawn is not taken any more."""
FETCH_SECONDS = 5.0
MAX_BYTES = 500_000

NO_KEYS: Sentence = "Signing in cannot be checked right now. Please try again in a moment."


class KeyServer:
    """The keys behind one address."""

    def __init__(self, url: str, algorithms: Collection[str]) -> None:
        self._url, self._algorithms = url, algorithms
        self._keys: KeysById | None = None
        self._wanted, self._settled = asyncio.Event(), asyncio.Event()
        self._not_before = 0.0

    async def find(self, key_id: str | None, algorithm: str) -> Sequence[Any]:
        """Return the keys that may have signed a token; several only where one id stands for several.

        Raises `Unavailable` where none could be fetched since the start.
        """
        if not (known := self._known(key_id, algorithm)):
            await self._look_again()
            known = self._known(key_id, algorithm)
        if self._keys is None:
            raise Unavailable(NO_KEYS, retry_after=int(PAUSE_SECONDS))
        return known

    def _known(self, key_id: str | None, algorithm: str) -> Sequence[Any]:
        keys = self._keys or {}
        if key_id is not None:
            return keys.get((key_id, algorithm), ())
        # A token that names no key is for servers that have one.
        fitting = [key for (_, fits), found in keys.items() if fits == algorithm for key in found]
        return fitting if len(fitting) == 1 else ()

    async def _look_again(self) -> None:
        """Wait for the fetch that runs; have one begin where that is allowed."""
        if self._settled.is_set():
            if asyncio.get_running_loop().time() < self._not_before:
                return
            self._settled.clear()
            self._wanted.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FETCH_SECONDS + 1):
                await self._settled.wait()

    async def run(self) -> None:
        """Keep the keys fresh; never ends by itself."""
        async with httpx2.AsyncClient(follow_redirects=False, timeout=FETCH_SECONDS) as http:
            while True:
                self._wanted.clear()
                self._settled.clear()
                self._not_before = asyncio.get_running_loop().time() + PAUSE_SECONDS
                try:
                    succeeded = await self._fetch(http)
                finally:
                    self._settled.set()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(REFRESH_SECONDS if succeeded else PAUSE_SECONDS):
                        await self._wanted.wait()

    async def _fetch(self, http: httpx2.AsyncClient) -> bool:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                self._keys = read_keys(await self._body(http), self._algorithms)
        except Exception as error:
            reason = str(error) if type(error) is ValueError else type(error).__name__
            logger.warning("the keys of CHATKIT_JWT_JWKS_URL were not fetched", extra={"reason": reason})
            return False
        if not self._keys:
            logger.warning("CHATKIT_JWT_JWKS_URL has no key for any of CHATKIT_JWT_ALGORITHMS")
        return True

    async def _body(self, http: httpx2.AsyncClient) -> bytes:
        # Uncompressed: a few bytes must not become many.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        async with http.stream("GET", self._url, headers=headers) as response:
            if response.status_code != 200:
                raise ValueError(f"it answered with status {response.status_code}")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise ValueError("it is too long")
            return bytes(body)
