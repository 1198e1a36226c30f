"""A browser with a page that uses the fetch helper: it announces that it cancels explicitly, and comes back.

Speaks to whichever process it is told to; one user however many tabs.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Any

import httpx2

from tests.chaos.fleet import Server, moment
from tests.chaos.journal import JSON, Journal

DETACH = {"chatkit-disconnect": "detach"}
COMING_BACK = 0.1
"""Seconds before a reader comes back; the server asks for 1, and tests are in a hurry."""
LOST = (httpx2.TransportError, httpx2.StreamError)
"""What a client gets of a connection that was refused or broke off."""


class Browser:
    """One user: a cookie, and any number of connections."""

    def __init__(self, patience: float = 60.0) -> None:
        unlimited = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
        self.http = httpx2.AsyncClient(timeout=patience, limits=unlimited)

    async def arrive(self, server: Server) -> None:
        """Ask for something harmless, so that all that follows is one user's."""
        await self.call(server, "threads.list")

    async def post(self, server: Server, operation: str, **params: Any) -> httpx2.Response:
        """Send an operation and return the whole response, whatever its status."""
        body = {"type": operation, "params": params}
        return await self.http.post(f"{server.url}/chatkit", json=body)

    async def call(self, server: Server, operation: str, **params: Any) -> Any:
        """Send an operation that must succeed, and return its JSON."""
        response = await self.post(server, operation, **params)
        assert response.status_code == 200, response.text
        return response.json()

    async def items(self, server: Server, thread_id: str) -> list[JSON]:
        """Return all items of a thread, page by page."""
        return await self.pages(server, "items.list", thread_id=thread_id, order="asc", limit=50)

    async def pages(self, server: Server, operation: str, **params: Any) -> list[JSON]:
        """Return all that an operation lists, page by page."""
        found: list[JSON] = []
        page: JSON = {"has_more": True, "after": None}
        while page["has_more"]:
            after = {"after": page["after"]} if page["after"] else {}
            page = await self.call(server, operation, **params, **after)
            found += page["data"]
        return found

    @asynccontextmanager
    async def asking(
        self, server: Server, journal: Journal, *, thread_id: str = "", detach: bool = True
    ) -> AsyncIterator[httpx2.Response]:
        """Send a message; what is read of the answer, and how long, is the caller's affair."""
        request = ask(journal.question, thread_id)
        headers = DETACH if detach else {}
        url = f"{server.url}/chatkit"
        async with self.http.stream("POST", url, json=request, headers=headers) as response:
            if response.status_code == 200:
                journal.open(response)
                journal.thread_id = journal.thread_id or thread_id
            else:
                await response.aread()
                journal.refusal = response
            yield response

    async def tell(
        self, server: Server, journal: Journal, *, thread_id: str = "", detach: bool = True
    ) -> Journal:
        """Send a message, and read until the stream ends or breaks off."""
        try:
            async with self.asking(server, journal, thread_id=thread_id, detach=detach) as response:
                if journal.accepted:
                    await journal.read(response)
        except LOST:
            pass
        return journal

    async def insist(self, servers: Iterable[Server], journal: Journal) -> None:
        """Send a message until it is accepted: elsewhere, or again, where a server takes nothing now."""
        for server in cycle(servers):
            attempt = Journal(journal.question)
            attempt.on_event = journal.on_event
            await self.tell(server, attempt)
            if attempt.accepted:
                vars(journal).update(vars(attempt))
                return
            if attempt.refusal is not None:
                assert attempt.refusal.status_code == 503, attempt.refusal.text
            await moment(COMING_BACK / 2)

    async def say(self, server: Server, text: str, thread_id: str = "") -> Journal:
        """Send a message that is accepted, and read the whole answer."""
        journal = await self.tell(server, Journal(text), thread_id=thread_id)
        assert journal.accepted, journal.refusal and journal.refusal.text
        return journal

    async def follow(self, servers: Iterable[Server], journal: Journal, within: float) -> bool:
        """Come back, to one server after the other, until the turn has ended; say whether it did."""
        try:
            async with asyncio.timeout(within):
                for server in cycle(servers):
                    status = await self.resume(server, journal)
                    if journal.ended or status in (204, 404):
                        return journal.ended
                    await moment(COMING_BACK)
        except TimeoutError:
            pass
        return False

    async def resume(self, server: Server, journal: Journal) -> int:
        """Follow from where the journal ends, until that stream ends; return the status, 0 without one."""
        headers = {"last-event-id": journal.last_id} if journal.last_id else {}
        url = f"{server.url}/chatkit/threads/{journal.thread_id}/events"
        try:
            async with self.http.stream("GET", url, headers=headers) as response:
                if response.status_code == 200:
                    journal.accepted = True
                    await journal.read(response)
                return response.status_code
        except LOST:
            return 0

    async def cancel(self, server: Server, thread_id: str) -> httpx2.Response:
        """Stop the turn of a thread, as the page's Stop does."""
        return await self.http.post(f"{server.url}/chatkit/threads/{thread_id}/cancel")


def ask(text: str, thread_id: str = "") -> JSON:
    """The request that sends a message, in a new thread unless one is named."""
    message = {
        "content": [{"type": "input_text", "text": text}],
        "quoted_text": "",
        "attachments": [],
        "inference_options": {},
    }
    if thread_id:
        return {"type": "threads.add_user_message", "params": {"thread_id": thread_id, "input": message}}
    return {"type": "threads.create", "params": {"input": message}}
