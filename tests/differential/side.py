"""One of the two servers, as a scenario talks to it; it writes down every answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from tests.differential.answers import Answer, Names
from tests.patience import PATIENCE
from tests.provider.server import FakeProvider

Settled = Callable[[], Awaitable[None]]
"""Waits for what a server does beside its answers."""


class Side:
    """Sends requests as one browser; `answers` has what came back, in the order in which it was asked for."""

    def __init__(self, url: str, provider: FakeProvider, settled: Settled | None) -> None:
        self.provider = provider
        self.answers: list[Answer] = []
        self._url = url
        self._settled = settled
        self._names = Names()
        self._clients: list[httpx2.AsyncClient] = []
        self._user = self._browser("ada")

    async def ask(self, operation: str, **params: Any) -> Answer:
        """Send an operation."""
        return await self.send({"type": operation, "params": params})

    async def say(self, text: str, thread_id: str | None = None, **changed: Any) -> Answer:
        """Send a message as the stock widget does, in a new thread unless one is named."""
        message = {**user_input(text), **changed}
        if thread_id is None:
            return await self.ask("threads.create", input=message)
        return await self.ask("threads.add_user_message", input=message, thread_id=thread_id)

    async def send(self, body: Any, *, by_another_user: bool = False) -> Answer:
        """Send a body: bytes as they are, else as JSON."""
        client = self._browser("eve") if by_another_user else self._user
        async with self._sent(body, client) as response:
            answer = await Arriving(response).whole()
        self._write_down(answer)
        if self._settled is not None:
            await self._settled()
        return answer

    @asynccontextmanager
    async def begun(self, operation: str, **params: Any) -> AsyncIterator["Arriving"]:
        """Send a streaming operation whose answer goes on meanwhile; it is written down at the end."""
        async with self._sent({"type": operation, "params": params}, self._user) as response:
            arriving = Arriving(response)
            yield arriving
            self._write_down(await arriving.whole())

    async def aclose(self) -> None:
        """Close what connections there are."""
        for client in self._clients:
            await client.aclose()

    def _browser(self, user: str) -> httpx2.AsyncClient:
        headers = {"content-type": "application/json", "x-user": user}
        self._clients.append(httpx2.AsyncClient(base_url=self._url, headers=headers, timeout=PATIENCE))
        return self._clients[-1]

    @asynccontextmanager
    async def _sent(self, body: Any, client: httpx2.AsyncClient) -> AsyncIterator[httpx2.Response]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with asyncio.timeout(PATIENCE), client.stream("POST", "/chatkit", content=content) as response:
            yield response

    def _write_down(self, answer: Answer) -> None:
        self.answers.append(self._names.anonymous(answer))


@asynccontextmanager
async def asked(url: str, provider: FakeProvider, settled: Settled | None = None) -> AsyncIterator[Side]:
    """A server to be asked, until the block ends."""
    side = Side(url, provider, settled)
    try:
        yield side
    finally:
        await side.aclose()


def user_input(text: str) -> dict[str, Any]:
    """A message as the stock widget sends it."""
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "quoted_text": "", "attachments": [], "inference_options": {}}


class Arriving:
    """An answer that is being read."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self._chunks = response.aiter_bytes()
        self._content = b""

    async def until(self, text: str) -> None:
        """Read until `text` has come."""
        while text.encode() not in self._content:
            self._content += await anext(self._chunks)

    async def whole(self) -> Answer:
        """Read what is left, and return all of it."""
        status, content_type = self._response.status_code, self._response.headers["content-type"]
        is_cut = False
        try:
            async for chunk in self._chunks:
                self._content += chunk
        except httpx2.RemoteProtocolError:
            is_cut = True
        if not content_type.startswith("text/event-stream"):
            is_json = content_type == "application/json"
            return Answer(
                status, content_type, json.loads(self._content) if is_json else self._content.decode()
            )
        lines = self._content.splitlines()
        frames = [json.loads(line.removeprefix(b"data: ")) for line in lines if line.startswith(b"data: ")]
        return Answer(status, content_type, frames=tuple(frames), is_cut=is_cut)
