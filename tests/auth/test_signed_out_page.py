"""The server's own page says to whoever is not let in that they have to sign in, and where."""

import re

import httpx2
import pytest

from tests.auth.asking import bearer
from tests.auth.conftest import MakeSettings
from tests.auth.issuer import token
from tests.auth.test_proxy import proxy_settings
from tests.serving import RunningServer, serving


async def get(server: RunningServer, path: str = "/", **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=server.url) as http:
        return await http.get(path, headers=headers)


async def test_a_person_reads_a_sentence_instead_of_a_blank_page(server: RunningServer) -> None:
    page = await get(server)

    assert page.status_code == 401
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["www-authenticate"] == "Bearer"
    assert "<h1>Sign in to use this chat.</h1>" in page.text
    assert "CHATKIT_AUTH" in page.text
    assert "set-cookie" not in page.headers


async def test_it_speaks_the_language_of_the_browser(server: RunningServer) -> None:
    page = await get(server, **{"Accept-Language": "fr-CH, fr;q=0.9"})
    assert '<html lang="fr">' in page.text
    assert "<h1>Connectez-vous pour utiliser ce chat.</h1>" in page.text


async def test_nothing_runs_on_it_and_its_style_is_allowed(server: RunningServer) -> None:
    page = await get(server)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/]{43}='", page.headers["content-security-policy"])


async def test_a_wrong_credential_reads_the_same(server: RunningServer) -> None:
    assert (await get(server, **bearer("garbage"))).text == (await get(server)).text


async def test_a_head_request_is_answered_alike(server: RunningServer) -> None:
    async with httpx2.AsyncClient(base_url=server.url) as http:
        assert (await http.head("/")).status_code == 401


async def test_the_pages_settings_are_for_users_too(server: RunningServer) -> None:
    assert (await get(server, "/config.json")).json()["message"] == "Sign in to use this chat."
    assert (await get(server, "/config.json", **bearer(token()))).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/chatkit-fetch.js"])
async def test_what_is_the_same_for_everybody_needs_no_user(server: RunningServer, path: str) -> None:
    assert (await get(server, path)).status_code != 401


async def test_behind_a_proxy_a_user_has_the_page(make_settings: MakeSettings) -> None:
    async with serving(make_settings(**proxy_settings())) as server:
        # Not found where the page has not been built; refused to nobody.
        assert (await get(server, **{"X-Forwarded-User": "alice"})).status_code in (200, 404)
        assert (await get(server)).status_code == 401


async def test_a_guest_has_one_cookie_whichever_is_asked_for_first(make_settings: MakeSettings) -> None:
    async with serving(make_settings()) as server:
        client = server.client()
        await client.http.get("/config.json")
        cookie = client.http.cookies["chatkit_guest"]
        await client.http.get("/")
        await client.call("threads.list")
        assert client.http.cookies["chatkit_guest"] == cookie
