"""What those who watch the server see of it."""

import pytest

from tests.serving import ChatKitClient


@pytest.mark.proves("REL-51")
async def test_a_running_server_is_alive_and_ready(client: ChatKitClient) -> None:
    assert (await client.http.get("/healthz")).json() == {"status": "ok"}
    ready = await client.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["components"] == {"database": "ok", "turns": "ok"}


@pytest.mark.proves("WIRE-34")
async def test_every_answer_names_its_request(client: ChatKitClient) -> None:
    names = [(await client.http.get("/healthz")).headers["x-request-id"] for _ in range(2)]

    assert names[0] != names[1]
