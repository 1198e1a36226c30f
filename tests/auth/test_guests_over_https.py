"""Guests behind a proxy: whose cookie counts over HTTPS, and who may be a guest at all."""

import logging
from collections.abc import AsyncIterator

import httpx2
import pytest
from itsdangerous import URLSafeSerializer

from app.settings import Settings
from tests.auth.asking import LIST
from tests.auth.conftest import MakeSettings
from tests.serving import RunningServer, serving, user_input

SECRET_KEY = "a secret key that is long enough to be one"
HTTPS = {"X-Forwarded-Proto": "https"}
PLAIN, SECURE = "chatkit_guest", "__Host-chatkit_guest"


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(secret_key=SECRET_KEY)


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    async with serving(settings) as running:
        yield running


async def posted(server: RunningServer, cookies: dict[str, str], **headers: str) -> httpx2.Response:
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    async with httpx2.AsyncClient(base_url=server.url) as http:
        return await http.post("/chatkit", json=LIST, headers={"Cookie": cookie, **headers})


async def with_a_thread(server: RunningServer, **headers: str) -> str:
    """Begin a thread as a new guest; return the value of the cookie."""
    async with httpx2.AsyncClient(base_url=server.url) as http:
        body = {"type": "threads.create", "params": {"input": user_input("Hello")}}
        answer = await http.post("/chatkit", json=body, headers=headers)
    name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
    assert name == (SECURE if headers else PLAIN)
    return value


def threads(answer: httpx2.Response) -> int:
    return len(answer.json()["data"])


@pytest.mark.proves("SEC-34")
async def test_over_https_the_cookie_is_bound_to_the_host(server: RunningServer) -> None:
    cookie = (await posted(server, {}, **HTTPS)).headers["set-cookie"]
    assert cookie.startswith(f"{SECURE}=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert part in cookie.split("; ")
    assert "domain" not in cookie.lower()


@pytest.mark.proves("SEC-34")
async def test_a_guest_over_https_finds_their_threads_again(server: RunningServer) -> None:
    value = await with_a_thread(server, **HTTPS)
    again = await posted(server, {SECURE: value}, **HTTPS)
    assert threads(again) == 1
    assert "set-cookie" not in again.headers


@pytest.mark.proves("SEC-34")
async def test_a_cookie_planted_under_the_other_name_is_nobodys(server: RunningServer) -> None:
    value = await with_a_thread(server, **HTTPS)
    assert threads(await posted(server, {PLAIN: value}, **HTTPS)) == 0
    assert threads(await posted(server, {PLAIN: value})) == 0

    mine = await with_a_thread(server, **HTTPS)
    planted = await with_a_thread(server)
    both = await posted(server, {PLAIN: planted, SECURE: mine}, **HTTPS)
    assert threads(both) == 1
    assert "set-cookie" not in both.headers
    assert threads(await posted(server, {SECURE: planted}, **HTTPS)) == 0


async def test_a_cookie_of_before_stays_good_and_becomes_a_bound_one(server: RunningServer) -> None:
    old = await with_a_thread(server)
    first = await posted(server, {PLAIN: old}, **HTTPS)
    name, _, value = first.headers["set-cookie"].partition(";")[0].partition("=")
    assert (threads(first), name) == (1, SECURE)
    assert threads(await posted(server, {SECURE: value}, **HTTPS)) == 1


@pytest.mark.proves("SEC-34")
@pytest.mark.parametrize(
    ("key", "salt"),
    [
        ("another secret key that is long enough", "chatkit-server guest cookie"),
        (SECRET_KEY, "chatkit-server another cookie"),
        (SECRET_KEY, "itsdangerous"),
    ],
)
async def test_a_cookie_of_another_key_or_purpose_makes_a_new_guest(
    server: RunningServer, key: str, salt: str
) -> None:
    value = await with_a_thread(server)
    user = URLSafeSerializer(SECRET_KEY, salt="chatkit-server guest cookie").loads(value)
    forged = str(URLSafeSerializer(key, salt=salt).dumps(user))

    answer = await posted(server, {PLAIN: forged})

    assert threads(answer) == 0
    assert forged not in answer.headers["set-cookie"]


@pytest.mark.proves("SEC-34")
async def test_a_visitor_cannot_choose_which_guest_they_become(server: RunningServer) -> None:
    for chosen in ("guest_0123456789abcdef0123456789abcdef", "", "x" * 5_000):
        answer = await posted(server, {PLAIN: chosen})
        assert not answer.headers["set-cookie"].startswith(f"{PLAIN}={chosen};")


async def test_a_guest_from_beyond_this_machine_is_refused(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    for client in ("203.0.113.9", "10.0.0.7", "127.0.0.1, 203.0.113.9", "unknown"):
        refused = await posted(server, {}, **{"X-Forwarded-For": client})
        assert refused.status_code == 401
        assert "set-cookie" not in refused.headers
    for client in ("127.0.0.1", "::1"):
        assert (await posted(server, {}, **{"X-Forwarded-For": client})).status_code == 200
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len([record for record in warnings if "guests are for this machine only" in record.message]) == 1


async def test_an_operator_may_let_guests_in_from_anywhere(make_settings: MakeSettings) -> None:
    async with serving(make_settings(guest_anywhere=True)) as server:
        assert (await posted(server, {}, **{"X-Forwarded-For": "203.0.113.9"})).status_code == 200
