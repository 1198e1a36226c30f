"""What holds for every answer of every route, whatever it is asked: no browser guesses, runs or frames it."""

from typing import Any

import httpx2
import pytest

from tests.project.test_documentation import routes
from tests.serving import ChatKitClient, RunningServer, user_input

SET_COOKIES = {"/", "/chatkit", "/chatkit/files", "/config.json"}
"""Where a guest may be told their cookie; a page needs it, and what it posts."""


async def answers_of(http: httpx2.AsyncClient, path: str, methods: str) -> list[httpx2.Response]:
    address = path.replace("{attachment_id}", "atc_none").replace("{thread_id}", "thr_none")
    address = address.replace("{name}", "none.js")
    sent: list[httpx2.Response] = []
    for method in [*methods.split(", "), "PATCH", "OPTIONS"]:
        for content in (b"", b"{", b"<script>alert(1)</script>"):
            async with http.stream(method, address, content=content or None) as response:
                if "event-stream" not in response.headers.get("content-type", ""):
                    await response.aread()
                sent.append(response)
    return sent


@pytest.mark.proves("SEC-20")
async def test_every_answer_of_every_route_says_what_it_is_and_loads_nothing(server: RunningServer) -> None:
    there = dict(routes(server.http.config.app))
    assert len(there) > 10
    for path, methods in [*there.items(), ("/nothing/here", "GET"), ("/%00", "GET")]:
        for response in await answers_of(server.client().http, path, methods):
            where = f"{response.request.method} {path} → {response.status_code}"
            headers = response.headers
            assert response.status_code < 500, where
            assert headers["x-content-type-options"] == "nosniff", where
            policy = headers["content-security-policy"]
            is_page = path == "/" and response.is_success
            assert "frame-ancestors" in policy or "sandbox" in policy, where
            assert ("default-src 'self'" if is_page else "default-src 'none'") in policy, where
            assert path in SET_COOKIES or "set-cookie" not in headers, where
            assert is_page or not headers.get("content-type", "").startswith("text/html"), where
            assert "server" not in headers, where


@pytest.mark.proves("SEC-20")
async def test_an_answer_that_streams_says_so_as_well(client: ChatKitClient) -> None:
    body: dict[str, Any] = {"type": "threads.create", "params": {"input": user_input("/list")}}
    async with client.http.stream("POST", "/chatkit", json=body) as response:
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
