"""The hosted API as an export needs it: four reads, each a GET through the vendor's own client.

Every failure leaves here as `Passing`, `Refused` or `ExportStopped`. The key is sent to the API's own origin
only.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import http.client
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from app.agent_builder.export.clock import Clock
from app.agent_builder.export.pages import Page, UnreadablePage, read_page
from app.agent_builder.export.patience import Passing, Patience
from app.agent_builder.export.stopping import EXIT_USAGE, DiskFailed, ExportStopped, Refused

if TYPE_CHECKING:
    import openai

PAGE_SIZE = 100
REQUEST_TIMEOUT = 60.0
FILE_TIMEOUT = 1800.0
FILE_ATTEMPTS = 3
PASSING_STATUSES = (408, 409, 429)

Receive = Callable[[bytes], None]


class HostedApi:
    """Reads threads, items and attachments; `project` is known after the first answer."""

    def __init__(self, client: openai.AsyncOpenAI, web: Any, patience: Patience, clock: Clock) -> None:
        self._client = client
        self._web = web
        self._patience = patience
        self._clock = clock
        self.project: str | None = client.project
        patience.probe = lambda: self._page(self._threads, order="asc", limit=1)

    @property
    def base_url(self) -> str:
        """Where the API is, without what an address may carry of secrets."""
        parts = urlsplit(str(self._client.base_url))
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))

    async def list_threads(self, user: str | None, after: str | None) -> Page:
        """One page of threads, oldest first; of one user, or of all."""
        query = _given(user=user, after=after)
        return await self._patience.send(
            lambda: self._page(self._threads, order="asc", limit=PAGE_SIZE, **query)
        )

    async def list_items(self, thread_id: str, after: str | None) -> Page:
        """One page of a thread's items, oldest first."""
        query = _given(after=after)
        return await self._patience.send(
            lambda: self._page(self._items, thread_id, order="asc", limit=PAGE_SIZE, **query)
        )

    async def read_file(self, file_id: str, receive: Receive, restart: Callable[[], None]) -> str | None:
        """Stream the content of a file of the Files API; return its media type."""

        async def attempt() -> str | None:
            restart()
            with self._failures_translated():
                files = self._client.files.with_streaming_response
                async with (
                    asyncio.timeout(FILE_TIMEOUT),
                    files.content(file_id, timeout=REQUEST_TIMEOUT) as answer,
                ):
                    return await _stream(answer.headers, answer.iter_bytes(), receive)

        return await self._patience.send(attempt, attempts=FILE_ATTEMPTS)

    async def read_url(self, url: str, receive: Receive, restart: Callable[[], None]) -> str | None:
        """Stream what a preview URL gives; return its media type."""
        if not _is_web_address(url):
            raise Refused("the preview address is not a web address")
        own = _origin(url) == _origin(self.base_url)
        headers = {"Authorization": f"Bearer {self._client.api_key}"} if own else {}

        async def attempt() -> str | None:
            restart()
            with self._failures_translated():
                async with (
                    asyncio.timeout(FILE_TIMEOUT),
                    self._web.stream("GET", url, headers=headers) as answer,
                ):
                    if answer.status_code >= 300:
                        # Another host's wish to be asked later must not hold the API's requests back.
                        raise self._from_status(answer.status_code, answer.headers, own=own)
                    return await _stream(answer.headers, answer.aiter_bytes(), receive)

        return await self._patience.send(attempt, attempts=FILE_ATTEMPTS)

    @property
    def _threads(self) -> Callable[..., Any]:
        return self._client.beta.chatkit.threads.with_raw_response.list

    @property
    def _items(self) -> Callable[..., Any]:
        return self._client.beta.chatkit.threads.with_raw_response.list_items

    async def _page(self, call: Callable[..., Awaitable[Any]], *path: str, **query: object) -> Page:
        try:
            with self._failures_translated():
                answer = await call(*path, timeout=REQUEST_TIMEOUT, **query)
                self.project = answer.headers.get("openai-project") or self.project
                return read_page(answer.http_response.content, answer.headers.get("x-request-id"))
        except Refused as refusal:
            if refusal.status == 401:
                raise self._key_refused(refusal) from None
            raise

    def _key_refused(self, refusal: Refused) -> ExportStopped:
        key = self._client.api_key
        # A restricted key is refused with the same status; then the API's sentence says what it lacks.
        said = f' It said: "{refusal.said}"' if refusal.said and key not in refusal.said else ""
        return ExportStopped(
            f"{self.base_url} refused the key ending in ...{key[-4:]} (401).{said} Set OPENAI_API_KEY to "
            "a key of the project whose threads you want, and run this command again.",
            EXIT_USAGE,
        )

    @contextlib.contextmanager
    def _failures_translated(self) -> Iterator[None]:
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            raise self._from_status(error.status_code, error.response.headers, error) from None
        except (openai.APIConnectionError, UnreadablePage) as error:
            raise Passing(_words(error)) from None
        except (Passing, Refused, ExportStopped, DiskFailed):
            raise
        except ValueError:
            raise Refused("its id or address cannot be asked for") from None
        except Exception as error:
            # The HTTP library under the client changed its name between releases: no one base for errors.
            raise Passing(f"connection lost ({type(error).__name__})") from None

    def _from_status(
        self, status: int, headers: Any, error: openai.APIStatusError | None = None, *, own: bool = True
    ) -> Exception:
        if status in PASSING_STATUSES or status >= 500:
            asked = retry_after(headers, self._clock) if own else None
            return Passing(str(status), retry_after=asked, limited=status == 429 and own)
        said = error.body.get("message") if error and isinstance(error.body, dict) else None
        reason = " ".join([str(status), http.client.responses.get(status, ""), (error and error.code) or ""])
        return Refused(reason.strip(), status=status, said=str(said)[:300] if said else None)


async def _stream(headers: Any, chunks: AsyncIterator[bytes], receive: Receive) -> str | None:
    async for chunk in chunks:
        receive(chunk)
    media_type = headers.get("content-type")
    return str(media_type) if media_type else None


def retry_after(headers: Any, clock: Clock) -> float | None:
    """Seconds the server asks to wait, from `retry-after-ms` or `Retry-After` in seconds or as a date."""
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        with contextlib.suppress(TypeError, ValueError):
            seconds = float(headers.get(name)) / divisor
            return max(0.0, seconds) if math.isfinite(seconds) else None
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        moment = email.utils.parsedate_to_datetime(headers.get("retry-after"))
        return max(0.0, (moment - clock.now()).total_seconds())
    return None


def _words(error: Exception) -> str:
    cause = error.__cause__
    return f"{error}".rstrip(".") + (f": {type(cause).__name__}" if cause else "")


def _given(**query: str | None) -> dict[str, str]:
    return {name: value for name, value in query.items() if value is not None}


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
