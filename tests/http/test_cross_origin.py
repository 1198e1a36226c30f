"""Pages on other origins: the configured ones may, all others may not."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.serving import ChatKitClient, user_input

PAGE = "https://shop.example"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=SecretStr(database_url), data_dir=tmp_path, titles=False, allowed_origins=(PAGE,)
    )


async def preflight(client: ChatKitClient, origin: str, headers: str) -> dict[str, str]:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": headers,
    }
    response = await client.http.options("/chatkit", headers=asked)
    return dict(response.headers)


@pytest.mark.proves("WIRE-11", "WIRE-12")
async def test_a_preflight_allows_the_headers_that_the_widget_and_the_page_send(
    client: ChatKitClient,
) -> None:
    wanted = (
        "accept-language,authorization,chatkit-device-id,chatkit-frame-instance-id,content-type,last-event-id"
    )

    headers = await preflight(client, PAGE, wanted)

    assert headers["access-control-allow-origin"] == PAGE
    assert headers["access-control-allow-credentials"] == "true"
    assert set(wanted.split(",")) <= {
        name.strip() for name in headers["access-control-allow-headers"].split(",")
    }
    assert "origin" in headers["vary"].lower()


@pytest.mark.proves("WIRE-12")
async def test_a_preflight_from_elsewhere_is_not_allowed(client: ChatKitClient) -> None:
    assert "access-control-allow-origin" not in await preflight(
        client, "https://evil.example", "content-type"
    )


@pytest.mark.proves("WIRE-13")
@pytest.mark.parametrize(("path", "status"), [("/chatkit", 400), ("/nowhere", 404)])
async def test_refusals_can_be_read_by_an_allowed_page(client: ChatKitClient, path: str, status: int) -> None:
    response = await client.http.post(path, content=b"{", headers={"Origin": PAGE})

    assert response.status_code == status
    assert response.headers["access-control-allow-origin"] == PAGE
    assert "x-request-id" in response.headers["access-control-expose-headers"]


@pytest.mark.proves("WIRE-14")
async def test_a_cookie_is_not_honoured_from_a_foreign_page(client: ChatKitClient) -> None:
    body = {"type": "threads.create", "params": {"input": user_input("Hello")}}

    refused = await client.http.post("/chatkit", json=body, headers={"Origin": "https://evil.example"})

    assert refused.status_code == 403
    assert (await client.call("threads.list"))["data"] == []


@pytest.mark.proves("WIRE-14")
async def test_a_cookie_is_honoured_from_our_own_page_and_from_an_allowed_one(client: ChatKitClient) -> None:
    body = {"type": "threads.list", "params": {}}
    for origin in (str(client.http.base_url).rstrip("/"), PAGE):
        assert (await client.http.post("/chatkit", json=body, headers={"Origin": origin})).status_code == 200
