"""A back-end as users of the hosted API have one: the vendor's client, with our address and key."""

from dataclasses import dataclass
from typing import Any

import httpx2
from openai import AsyncOpenAI

from tests.serving import ChatKitClient, RunningServer

KEY = "the-key-of-the-back-end-0123456789"
NEXT_KEY = "the-key-that-replaces-it-0123456789"
WORKFLOW: Any = {"id": "wf_68e5"}


@dataclass
class Backend:
    """One back-end of one server."""

    server: RunningServer
    client: AsyncOpenAI
    wire: ChatKitClient

    @property
    def sessions(self) -> Any:
        return self.client.beta.chatkit.sessions

    @property
    def threads(self) -> Any:
        return self.client.beta.chatkit.threads

    async def page(self, user: str = "ann", **asked: Any) -> ChatKitClient:
        """Make a session and return the page of its user."""
        session = await self.sessions.create(user=user, workflow=WORKFLOW, **asked)
        return self.page_of(session.client_secret)

    def page_of(self, secret: str) -> ChatKitClient:
        """Return a page that has a client secret."""
        return self.server.client(Authorization=f"Bearer {secret}")

    async def ask(self, method: str, path: str, key: str = KEY, **options: Any) -> httpx2.Response:
        """Send a request below `/v1` as no client would."""
        headers = {"Authorization": f"Bearer {key}"}
        return await self.wire.http.request(method, f"/v1{path}", headers=headers, **options)

    async def refused(self, status: int, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The same; return what the body says is wrong, which has the shape that OpenAI's clients read."""
        response = await self.ask(method, path, **options)
        assert response.status_code == status, response.text
        error: dict[str, Any] = response.json()["error"]
        assert {"message", "type", "param", "code"} <= error.keys()
        return error


def backend_of(server: RunningServer, key: str = KEY) -> Backend:
    """Return a back-end that has a key of the server."""
    client = AsyncOpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0)
    return Backend(server, client, server.client())
