"""Several ways to sign in at once: the first with a credential decides, and a wrong one is nobody's."""

from collections.abc import AsyncIterator

import pytest

from tests.auth.asking import ask, bearer, refusal
from tests.auth.conftest import MakeSettings, token_settings
from tests.auth.issuer import KeyServer, token
from tests.auth.test_proxy import HERE, proxy_settings
from tests.serving import RunningServer, serving


@pytest.fixture
async def server(make_settings: MakeSettings, keys: KeyServer) -> AsyncIterator[RunningServer]:
    both = {**proxy_settings(HERE), **token_settings(jwt_jwks_url=keys.url)}
    async with serving(make_settings(**{**both, "auth": ("guest", "proxy", "jwt")})) as running:
        yield running


async def test_the_order_is_token_proxy_guest(server: RunningServer) -> None:
    named = {"X-Forwarded-User": "bob"}
    await server.client(**bearer(token(sub="alice"))).say("Hello")

    assert len((await ask(server, {**named, **bearer(token(sub="alice"))})).json()["data"]) == 1
    assert len((await ask(server, {**named, **bearer(token(sub="bob"))})).json()["data"]) == 0
    assert "set-cookie" not in (await ask(server, named)).headers
    assert "set-cookie" in (await ask(server)).headers


async def test_one_user_is_the_same_in_every_way(server: RunningServer) -> None:
    await server.client(**bearer(token(sub="alice"))).say("Hello")
    assert len((await ask(server, {"X-Forwarded-User": "alice"})).json()["data"]) == 1


@pytest.mark.proves("SEC-30")
async def test_a_wrong_token_makes_nobody_a_guest(server: RunningServer) -> None:
    for credential in ("Bearer garbage", "Bearer ek_secret", "Bearer", "Bearer a b"):
        refused = await ask(server, {"X-Forwarded-User": "bob", "Authorization": credential})
        assert (credential, refused.status_code) == (credential, 401)
        assert "set-cookie" not in refused.headers


@pytest.mark.proves("SEC-34")
async def test_a_wrong_user_of_the_proxy_makes_nobody_a_guest(server: RunningServer) -> None:
    assert (await ask(server, {"X-Forwarded-User": ""})).status_code == 401


@pytest.mark.proves("SEC-34")
async def test_a_guest_who_signs_in_is_somebody_else_and_stays_a_guest_without(server: RunningServer) -> None:
    client = server.client()
    await client.say("Hello")
    before = client.http.cookies["chatkit_guest"]

    signed_in = await client.http.post(
        "/chatkit", json={"type": "threads.list", "params": {}}, headers=bearer(token())
    )

    assert signed_in.json()["data"] == []
    assert client.http.cookies["chatkit_guest"] == before
    assert len((await client.call("threads.list"))["data"]) == 1


async def test_credentials_of_other_schemes_are_none_of_ours(server: RunningServer) -> None:
    assert (await ask(server, {"Authorization": "Basic YTpi"})).status_code == 200


async def test_a_key_of_no_way_that_is_on_is_refused_for_guests_too(make_settings: MakeSettings) -> None:
    async with serving(make_settings(**proxy_settings(HERE, auth=("proxy", "guest")))) as server:
        assert (await ask(server, bearer("garbage"))).status_code == 401
    async with serving(make_settings(auth=("guest",))) as server:
        assert refusal(await ask(server, bearer("garbage"))).status == 200
