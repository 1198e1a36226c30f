"""The keys of a key server: rotated, withdrawn, unknown, and a server that is down, slow, huge or broken."""

import asyncio
import gzip

import pytest

from app.auth import jwks
from tests.auth.asking import ask, bearer, refusal
from tests.auth.conftest import MakeSettings, token_settings
from tests.auth.issuer import KeyServer, by_hand, claims, jwk, rsa_with, token
from tests.patience import PATIENCE
from tests.serving import RunningServer, serving


async def accepted(server: RunningServer, text: str) -> bool:
    return (await ask(server, bearer(text))).status_code == 200


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys may be fetched again at once."""
    monkeypatch.setattr(jwks, "PAUSE_SECONDS", 0.0)


@pytest.mark.proves("SEC-31")
async def test_a_new_key_is_taken_without_a_restart_and_the_old_one_for_as_long_as_it_is_published(
    no_pause: None, server: RunningServer, keys: KeyServer
) -> None:
    assert await accepted(server, token("rsa"))
    keys.publish(jwk("rsa"), jwk("rsa-2"))
    assert await accepted(server, token("rsa-2"))
    assert await accepted(server, token("rsa"))

    keys.publish(jwk("rsa-2"), jwk("rsa-3"))
    assert await accepted(server, token("rsa-3"))
    assert not await accepted(server, token("rsa"))


@pytest.mark.proves("SEC-31")
async def test_a_withdrawn_key_is_refused_after_a_while_though_nothing_asks_for_another(
    monkeypatch: pytest.MonkeyPatch, no_pause: None, server: RunningServer, keys: KeyServer
) -> None:
    monkeypatch.setattr(jwks, "REFRESH_SECONDS", 0.01)
    keys.publish(jwk("rsa-2"))
    assert await accepted(server, token("rsa-2"))
    keys.asked.clear()
    keys.publish()
    async with asyncio.timeout(PATIENCE):
        while await accepted(server, token("rsa-2")):
            await keys.asked.wait()


@pytest.mark.proves("SEC-31")
async def test_a_thousand_unknown_keys_cause_one_fetch(server: RunningServer, keys: KeyServer) -> None:
    strange = [token("rsa", headers={"kid": f"k{number}"}) for number in range(100)]
    http = server.client().http

    async def statuses(text: str) -> set[int]:
        body = {"type": "threads.list", "params": {}}
        return {(await http.post("/chatkit", json=body, headers=bearer(text))).status_code for _ in range(10)}

    answers = await asyncio.gather(*map(statuses, strange))

    assert set().union(*answers) == {401}
    assert keys.fetches == 1
    assert await accepted(server, token())


@pytest.mark.proves("SEC-31")
async def test_many_that_wait_wait_for_one_fetch(
    no_pause: None, make_settings: MakeSettings, keys: KeyServer
) -> None:
    keys.open.clear()
    async with serving(make_settings(**token_settings(jwt_jwks_url=keys.url))) as server:
        await asyncio.wait_for(keys.asked.wait(), PATIENCE)
        waiting = [asyncio.create_task(accepted(server, token())) for _ in range(20)]
        assert (await ask(server)).status_code == 401
        keys.open.set()
        assert all(await asyncio.gather(*waiting))
    assert keys.fetches == 1


@pytest.mark.proves("SEC-31")
async def test_known_keys_stay_of_use_while_the_key_server_is_down(
    no_pause: None, make_settings: MakeSettings, keys: KeyServer
) -> None:
    async with serving(make_settings(**token_settings(jwt_jwks_url=keys.url))) as server:
        assert await accepted(server, token())
        for failure in ("500 Error", "404 Not Found", "301 Moved"):
            keys.status = failure
            keys.header = "Location: /other\r\n"
            assert not await accepted(server, token("rsa-2"))
            assert await accepted(server, token())
        keys.status, keys.header = "200 OK", ""
        for broken in (
            b"",
            b"<html>",
            b"[]",
            b'{"keys": 7}',
            b'{"keys"',
            b"[" * 100_000,
            b"\xff\xfe",
            b'{"keys": []' + b" " * jwks.MAX_BYTES + b"}",
        ):
            keys.body = broken
            assert not await accepted(server, token("rsa-2"))
            assert await accepted(server, token())
        keys.header, keys.body = "Content-Encoding: gzip\r\n", gzip.compress(b" " * 100_000_000, 1)
        assert not await accepted(server, token("rsa-2"))
        keys.stop()
        assert not await accepted(server, token("rsa-2"))
        assert await accepted(server, token())


@pytest.mark.proves("SEC-31")
async def test_known_keys_do_not_wait_for_a_slow_key_server(
    monkeypatch: pytest.MonkeyPatch, no_pause: None, server: RunningServer, keys: KeyServer
) -> None:
    assert await accepted(server, token())
    monkeypatch.setattr(jwks, "FETCH_SECONDS", 0.3)
    keys.open.clear()
    keys.asked.clear()
    unknown = asyncio.create_task(accepted(server, token("rsa-2")))
    await asyncio.wait_for(keys.asked.wait(), PATIENCE)

    assert await accepted(server, token())
    assert not unknown.done()
    assert not await asyncio.wait_for(unknown, PATIENCE)


async def test_without_any_keys_the_server_starts_and_says_that_it_cannot_tell(
    make_settings: MakeSettings, keys: KeyServer
) -> None:
    keys.status = "503 Down"
    async with serving(make_settings(**token_settings(jwt_jwks_url=keys.url))) as server:
        asked = await ask(server, bearer(token()))
        assert asked.status_code == 503
        assert asked.json()["error"] == {
            "code": "unavailable",
            "message": "Signing in cannot be checked right now. Please try again in a moment.",
            "retryable": True,
        }
        assert int(asked.headers["retry-after"]) <= 30
        # What would be refused with keys is refused without.
        assert (await ask(server, bearer("garbage"))).status_code == 401


@pytest.mark.proves("SEC-30")
async def test_of_what_is_published_only_keys_fit_for_the_algorithm_are_used(
    no_pause: None, make_settings: MakeSettings, keys: KeyServer
) -> None:
    secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"
    keys.publish(
        7,
        None,
        {"kty": "RSA", "kid": "broken", "n": 7, "e": None},
        {"kty": "OKP", "crv": "X448", "kid": "strange"},
        {"kty": "oct", "kid": "shared", "k": secret, "alg": "RS256"},
        jwk("rsa-encrypting", use="enc"),
        jwk("rsa-signing", key_ops=["sign"]),
        jwk("rsa-of-another", alg="PS512"),
        jwk("short"),
        jwk("ec384", "ES384", alg="ES256"),
        jwk("rsa", kid=["rsa"]),
        jwk("rsa"),
        jwk("ec", "ES256"),
        jwk("ed", "EdDSA"),
        jwk("rsa-plain", alg=None),
    )
    settings = make_settings(
        **token_settings(jwt_jwks_url=keys.url, jwt_algorithms=("RS256", "PS256", "ES256", "EdDSA"))
    )
    async with serving(settings) as server:
        for name, algorithm in [("rsa", "RS256"), ("ec", "ES256"), ("ed", "EdDSA"), ("rsa-plain", "PS256")]:
            assert await accepted(server, token(name, algorithm))
        none = refusal(await ask(server))
        for name, algorithm in [
            ("rsa-encrypting", "RS256"),
            ("rsa-signing", "RS256"),
            ("rsa-of-another", "RS256"),
            ("rsa", "PS256"),
            ("ec", "EdDSA"),
        ]:
            wrong = token(name if name != "ec" else "ed", algorithm, {"kid": name})
            assert refusal(await ask(server, bearer(wrong))) == none


async def test_a_token_that_names_no_key_is_taken_where_there_is_one_for_it(
    no_pause: None, server: RunningServer, keys: KeyServer
) -> None:
    unnamed = by_hand({"alg": "RS256"}, claims(), rsa_with("rsa"))
    assert await accepted(server, unnamed)

    keys.publish(jwk("rsa"), jwk("rsa-2"))
    assert await accepted(server, token("rsa-2"))
    assert not await accepted(server, unnamed)
