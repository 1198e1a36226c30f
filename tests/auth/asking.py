"""Requests with any credentials, and what came back of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.frames.described import check_described
from tests.serving import RunningServer

Headers = Mapping[str, str] | Sequence[tuple[str, str]] | Sequence[tuple[bytes, bytes]]

LIST = {"type": "threads.list", "params": {}}


async def ask(
    server: RunningServer, headers: Headers = (), body: Any = LIST, path: str = "/chatkit"
) -> httpx2.Response:
    """Send one request without cookies."""
    async with httpx2.AsyncClient(base_url=server.url) as http:
        http.event_hooks["response"].append(check_described)
        return await http.post(path, json=body, headers=headers)


@dataclass(frozen=True)
class Refusal:
    """All of an answer but for its request id and its time."""

    status: int
    headers: frozenset[tuple[str, str]]
    body: bytes


def refusal(response: httpx2.Response) -> Refusal:
    """Return what a client sees of a refusal, to be compared as it is."""
    moving = ("x-request-id", "date")
    headers = frozenset((name, value) for name, value in response.headers.items() if name not in moving)
    return Refusal(response.status_code, headers, response.content)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
