"""A browser that sends files, in each way that a page may."""

from dataclasses import dataclass
from typing import Any, Self

import httpx2

from tests.serving import ChatKitClient, EventReader, RunningServer, thread_id_of, user_input


@dataclass
class Browser:
    """One user at a page."""

    client: ChatKitClient
    thread_id: str

    @classmethod
    async def opened(cls, server: RunningServer) -> Self:
        """Return a browser of a new user, who has said something already."""
        client = server.client()
        return cls(client, thread_id_of(await client.say("Hello")))

    async def upload(self, data: bytes, name: str = "a.txt", kind: str = "text/plain") -> httpx2.Response:
        """Send a file without announcing it."""
        return await self.client.http.post("/chatkit/files", files={"file": (name, data, kind)})

    async def uploaded(self, data: bytes, name: str = "a.txt", kind: str = "text/plain") -> dict[str, Any]:
        """The same; return the attachment."""
        response = await self.upload(data, name, kind)
        assert response.status_code == 200, response.text
        attachment: dict[str, Any] = response.json()
        return attachment

    async def announced(self, name: str, size: int, kind: str = "text/plain") -> dict[str, Any]:
        """Announce a file and return the attachment."""
        attachment: dict[str, Any] = await self.client.call(
            "attachments.create", name=name, size=size, mime_type=kind
        )
        return attachment

    async def send(self, *attachments: str, text: str = "Look", thread_id: str | None = None) -> EventReader:
        """Send a message with files and read the answer to its end."""
        where = thread_id or self.thread_id
        async with self.client.stream(
            "threads.add_user_message", thread_id=where, input=with_files(*attachments, text=text)
        ) as events:
            await events.rest()
        return events

    async def get(self, url: str, **headers: str) -> httpx2.Response:
        """Load an address as a frame does that has no cookies."""
        async with httpx2.AsyncClient() as http:
            return await http.get(url, headers=headers)


def with_files(*attachments: str, text: str = "Look") -> dict[str, Any]:
    """A message with files, as the stock widget sends it."""
    return {**user_input(text), "attachments": list(attachments)}
