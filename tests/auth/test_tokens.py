"""A token says who is asking; one that is wrong in any way gets the same refusal as none."""

import base64
import json

import pytest

from tests.auth.asking import ask, bearer, refusal
from tests.auth.issuer import (
    AUDIENCE,
    ISSUER,
    KeyServer,
    by_hand,
    claims,
    hmac_with,
    jwk,
    public_pem,
    rsa_with,
    token,
)
from tests.serving import RunningServer, thread_id_of


async def test_a_user_finds_their_threads_again_with_another_token(server: RunningServer) -> None:
    events = await server.client(**bearer(token(sub="alice"))).say("Hello")

    mine = await server.client(**bearer(token(sub="alice", jti="another"))).call("threads.list")
    others = await server.client(**bearer(token(sub="bob"))).call("threads.list")

    assert [thread["id"] for thread in mine["data"]] == [thread_id_of(events)]
    assert others["data"] == []


async def test_the_scheme_is_read_in_any_case(server: RunningServer) -> None:
    for scheme in ("bearer", "BEARER", "Bearer "):
        assert (await ask(server, {"Authorization": f"{scheme} {token()}"})).status_code == 200


async def test_a_token_sets_no_cookie(server: RunningServer) -> None:
    assert "set-cookie" not in (await ask(server, bearer(token()))).headers


def wrong_tokens() -> dict[str, str]:
    good = token()
    head, payload, signature = good.split(".")
    right = claims()
    pem = public_pem("rsa")
    tampered = base64.urlsafe_b64encode(json.dumps({**right, "sub": "root"}).encode()).rstrip(b"=").decode()
    nothing = {"typ": "JWT", "alg": "none"}
    embedded = jwk("rsa-evil")
    return {
        "garbage": "garbage",
        "two parts": f"{head}.{payload}",
        "five parts": f"{good}.a.b",
        "empty parts": "..",
        "no signature": f"{head}.{payload}.",
        "another payload": f"{head}.{tampered}.{signature}",
        "signature cut short": good[:-8],
        "padding inside": f"{head}=.{payload}.{signature}",
        "alg none": by_hand(nothing, right),
        "alg None": by_hand({**nothing, "alg": "None"}, right),
        "alg nOnE": by_hand({**nothing, "alg": "nOnE", "kid": "rsa"}, right),
        "alg empty": by_hand({"alg": ""}, right),
        "alg missing": by_hand({"typ": "JWT"}, right),
        "alg null": by_hand({"alg": None}, right),
        "alg a list": by_hand({"alg": ["RS256"]}, right),
        "alg twice": by_hand(b'{"alg":"RS256","kid":"rsa","alg":"none"}', right),
        "the public key as a secret": by_hand({"alg": "HS256", "kid": "rsa"}, right, hmac_with(pem)),
        "the same without kid": by_hand({"alg": "HS256"}, right, hmac_with(pem)),
        "an empty secret": by_hand({"alg": "HS256"}, right, hmac_with("")),
        "an algorithm that is not allowed": token("rsa", "RS512"),
        "PS256 with the same key": token("rsa", "PS256"),
        "another key under the same name": token("rsa-evil", headers={"kid": "rsa"}),
        "another key of its own name": token("rsa-evil"),
        "a key that it brings along": token("rsa-evil", headers={"jwk": embedded}),
        "a key at an address": token("rsa-evil", headers={"jku": "http://127.0.0.1:1/k", "x5u": "file:///"}),
        "kid a path": token("rsa", headers={"kid": "../../../../dev/null"}),
        "kid a statement": token("rsa", headers={"kid": "' union select 'x' --"}),
        "kid a number": by_hand({"alg": "RS256", "kid": 1}, right),
        "kid a list": by_hand({"alg": "RS256", "kid": ["rsa"]}, right),
        "kid null": by_hand({"alg": "RS256", "kid": None}, right),
        "kid huge": by_hand({"alg": "RS256", "kid": "k" * 5_000}, right),
        "kid in another case": token("rsa", headers={"kid": "RSA"}),
        "header not an object": by_hand(["RS256"], right),
        "header nested deeply": by_hand(b"[" * 5_000, right),
        "header with a long number": by_hand(b'{"alg":"RS256","x":' + b"9" * 5_000 + b"}", right),
        "header not UTF-8": by_hand(b'{"alg":"\xff"}', right),
        "payload detached": token("rsa", headers={"b64": False, "crit": ["b64"]}),
        "an unknown extension": token("rsa", headers={"crit": ["exp"], "exp": 1}),
        "64 KB": by_hand({"alg": "RS256", "kid": "rsa"}, {**right, "x": "y" * 48_000}),
    }


@pytest.mark.proves("SEC-30")
async def test_every_wrong_token_gets_the_refusal_of_none(server: RunningServer, keys: KeyServer) -> None:
    none = refusal(await ask(server))

    answers = {name: refusal(await ask(server, bearer(wrong))) for name, wrong in wrong_tokens().items()}

    assert none.status == 401
    assert ("www-authenticate", "Bearer") in none.headers
    assert json.loads(none.body)["error"]["code"] == "unauthorized"
    assert [name for name, answer in answers.items() if answer != none] == []
    assert (await ask(server, bearer(token()))).status_code == 200
    assert keys.fetches == 1


@pytest.mark.proves("SEC-30")
async def test_what_is_no_one_token_in_its_header_is_refused(server: RunningServer) -> None:
    none = refusal(await ask(server))
    for given in (
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer a b")],
        [("Authorization", "Bearer a, Bearer b")],
        [("Authorization", "Bearer\ta")],
        [("Authorization", "Basic YTpi")],
        [("Cookie", f"access_token={token()}")],
        [("X-Authorization", f"Bearer {token()}")],
        [("Authorization", token())],
        [("Authorization", f"Bearer {token()}"), ("Authorization", f"Bearer {token()}")],
        [("Authorization", "Basic YTpi"), ("Authorization", f"Bearer {token()}")],
        [("Authorization", f"Bearer ek_{token()}")],
    ):
        assert (given, refusal(await ask(server, given))) == (given, none)


@pytest.mark.proves("SEC-30")
async def test_a_token_in_the_address_is_not_looked_at(server: RunningServer) -> None:
    none = refusal(await ask(server))
    for name in ("access_token", "token", "authorization", "jwt"):
        assert refusal(await ask(server, path=f"/chatkit?{name}={token()}")) == none


@pytest.mark.proves("OP-any-1", "SEC-30")
async def test_every_route_of_a_user_refuses_alike_before_it_reads_anything(server: RunningServer) -> None:
    none = refusal(await ask(server))
    http = server.client(**bearer("garbage")).http
    for method, path in [
        ("POST", "/chatkit"),
        ("POST", "/chatkit/files"),
        ("GET", "/chatkit/threads/thr_1/events"),
        ("POST", "/chatkit/threads/thr_1/cancel"),
        ("GET", "/config.json"),
    ]:
        assert refusal(await http.request(method, path, content=b"{" if method == "POST" else None)) == none


async def test_the_refusal_is_in_the_language_of_the_request(server: RunningServer) -> None:
    refused = await ask(server, {"Accept-Language": "de", **bearer("garbage")})
    assert refused.json()["message"] == "Melden Sie sich an, um diesen Chat zu nutzen."


@pytest.mark.proves("SEC-32")
async def test_times_issuer_audience_and_subject_are_checked(server: RunningServer) -> None:
    now = claims()["iat"]
    none = refusal(await ask(server))
    endless = json.dumps(claims(exp="X")).replace('"X"', "1e999").encode()
    wrong = {
        "expired": token(exp=now - 40),
        "no expiry": token(exp=None),
        "expiry as text": token(exp="never"),
        "endless expiry": by_hand({"alg": "RS256", "kid": "rsa"}, endless, rsa_with("rsa")),
        "claims not an object": by_hand({"alg": "RS256", "kid": "rsa"}, ["alice"], rsa_with("rsa")),
        "not valid yet": token(nbf=now + 90),
        "made in the future": token(iat=now + 90),
        "another issuer": token(iss="https://evil.example/"),
        "issuer without its slash": token(iss=ISSUER.rstrip("/")),
        "no issuer": token(iss=None),
        "another audience": token(aud="https://shop.example"),
        "audience in another case": token(aud=AUDIENCE.upper()),
        "no audience": token(aud=None),
        "empty audience": token(aud=[]),
        "a list of other audiences": token(aud=["https://shop.example", ""]),
        "no subject": token(sub=None),
        "empty subject": token(sub=""),
        "blank subject": token(sub=" \u00a0"),
        "subject too long": token(sub="a" * 256),
        "subject with NUL": token(sub="alice\0"),
        "subject with a line": token(sub="alice\nroot"),
        "subject with a separator": token(sub="alice\u2028root"),
        "subject with a lone surrogate": token(sub="alice\ud800"),
        "subject of a guest": token(sub="guest_0123456789abcdef0123456789abcdef"),
        "roles that are no list": token(realm_access={"roles": 7}),
        "roles that are no names": token(realm_access={"roles": ["admin", None]}),
    }
    answers = {name: refusal(await ask(server, bearer(each))) for name, each in wrong.items()}
    assert [name for name, answer in answers.items() if answer != none] == []


@pytest.mark.proves("SEC-32")
async def test_clocks_may_differ_a_little(server: RunningServer) -> None:
    now = claims()["iat"]
    for fine in (
        token(exp=now - 20),
        token(nbf=now + 20),
        token(iat=now + 20),
        token(aud=["https://shop.example", AUDIENCE]),
        token(sub="a" * 255),
    ):
        assert (await ask(server, bearer(fine))).status_code == 200


@pytest.mark.proves("SEC-32")
async def test_subjects_that_only_look_alike_are_different_users(server: RunningServer) -> None:
    for subject in ("alice", "alic\u00e9"):
        await server.client(**bearer(token(sub=subject))).say("Hello")
    alike = {
        "alic\u00e9": 1,
        "alice\u0301": 0,
        "Alice": 0,
        "\u0430lice": 0,  # Cyrillic
        "\uff41lice": 0,  # full width
        "alice ": 0,
        "alice\u200b": 0,
        "alice\u00ad": 0,
        "\u202ealice": 0,
    }
    for subject, threads in alike.items():
        listed = await ask(server, bearer(token(sub=subject)))
        assert (subject, len(listed.json()["data"])) == (subject, threads)
