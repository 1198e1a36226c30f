"""A header says who the user is, if a trusted proxy has sent it, and nothing otherwise."""

import asyncio
import logging
import socket
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.main import create_app
from app.ops.http_server import HttpServer
from tests.auth.asking import LIST, Headers, ask, refusal
from tests.auth.conftest import MakeSettings
from tests.patience import PATIENCE
from tests.serving import RunningServer, serving, thread_id_of

HERE = ("127.0.0.1/32",)
ELSEWHERE = ("10.0.0.0/8", "::ffff:7f00:2/128")


def proxy_settings(trusted: tuple[str, ...] = HERE, **fields: Any) -> dict[str, Any]:
    return {
        "auth": ("proxy",),
        "proxy_user_header": "X-Forwarded-User",
        "proxy_roles_header": "X-Forwarded-Groups",
        "trusted_proxies": trusted,
        **fields,
    }


async def asks(server: RunningServer, user: str | bytes, **headers: str) -> httpx2.Response:
    value = user if isinstance(user, bytes) else user.encode()
    more = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return await ask(server, [(b"x-forwarded-user", value), *more])


@pytest.mark.proves("SEC-34")
async def test_a_user_of_a_trusted_proxy_finds_their_threads_again(make_settings: MakeSettings) -> None:
    async with serving(make_settings(**proxy_settings())) as server:
        events = await server.client(**{"X-Forwarded-User": "alice"}).say("Hello")

        mine = await asks(server, "alice", x_forwarded_for="203.0.113.9")
        others = await asks(server, "bob")

        assert [thread["id"] for thread in mine.json()["data"]] == [thread_id_of(events)]
        assert others.json()["data"] == []
        assert "set-cookie" not in mine.headers


@pytest.mark.proves("SEC-34")
async def test_from_anybody_else_the_header_is_as_if_it_were_not_there(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(make_settings(**proxy_settings(ELSEWHERE))) as server:
        none = refusal(await ask(server))
        assert none.status == 401
        # What stands in these is no address of a connection.
        for said in ("10.0.0.1", "10.0.0.1, 127.0.0.1", "127.0.0.1, 10.0.0.1"):
            for header in ("x_forwarded_for", "x_real_ip", "forwarded"):
                assert refusal(await asks(server, "alice-secret", **{header: said})) == none
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len([record for record in warnings if "CHATKIT_TRUSTED_PROXIES" in record.message]) == 1
    assert "alice-secret" not in caplog.text


@pytest.mark.proves("SEC-34")
async def test_with_guests_on_a_header_from_elsewhere_makes_a_guest(make_settings: MakeSettings) -> None:
    async with serving(make_settings(**proxy_settings(ELSEWHERE, auth=("proxy", "guest")))) as server:
        client = server.client(**{"X-Forwarded-User": "alice"})
        await client.say("Hello")
        assert client.http.cookies["chatkit_guest"]
    async with serving(make_settings(**proxy_settings())) as server:
        assert (await asks(server, "alice")).json()["data"] == []


UNFIT: list[Headers] = [
    [("X-Forwarded-User", "alice"), ("X-Forwarded-User", "root")],
    [("X-Forwarded-User", "alice"), ("x-forwarded-user", "alice")],
    [("X-Forwarded-User", "")],
    [("X-Forwarded-User", "a" * 256)],
    [(b"X-Forwarded-User", b"al\xffce")],
    [(b"X-Forwarded-User", b"al\tce")],
    [(b"X-Forwarded-User", "al\u0085ce".encode())],
    [("X-Forwarded-User", "guest_0123456789abcdef0123456789abcdef")],
    [("X-Forwarded-User", "alice"), ("X-Forwarded-Groups", "a"), ("X-Forwarded-Groups", "b")],
    [("X-Forwarded-User", "alice"), ("X-Forwarded-Groups", "a" * 256)],
    [("X_Forwarded_User", "alice")],
    [("X-Forwarded-User-Name", "alice")],
]


@pytest.mark.proves("SEC-34")
async def test_a_proxy_that_names_nobody_or_several_lets_nobody_in(make_settings: MakeSettings) -> None:
    async with serving(make_settings(**proxy_settings())) as server:
        none = refusal(await ask(server))
        for headers in UNFIT:
            assert (headers, refusal(await ask(server, headers))) == (headers, none)


async def test_a_user_may_have_a_name_in_any_script(make_settings: MakeSettings) -> None:
    async with serving(make_settings(**proxy_settings())) as server:
        for name in ("Zoë", "李雷", "cn=Alice,ou=Shop"):
            assert (await asks(server, name)).status_code == 200


@pytest.mark.proves("SEC-34")
async def test_what_the_proxys_cookie_carries_counts_from_our_own_pages_only(
    make_settings: MakeSettings,
) -> None:
    settings = make_settings(
        **proxy_settings(), public_url="https://chat.example/x", allowed_origins=("https://shop.example",)
    )
    async with serving(settings) as server:
        for origin in (server.url, "https://chat.example", "https://shop.example"):
            assert (await asks(server, "alice", origin=origin)).status_code == 200
        for origin in ("https://evil.example", "null", "https://chat.example.evil.example"):
            assert (await asks(server, "alice", origin=origin)).status_code == 403


@pytest.mark.proves("SEC-34")
async def test_a_proxy_is_known_by_its_connection_on_either_kind_of_socket(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))
        server = HttpServer(create_app(make_settings(**proxy_settings())), make_settings(), lambda *_: None)
        task = asyncio.create_task(server._serve([bound]))
        transport = httpx2.AsyncHTTPTransport(uds=str(path))
        async with httpx2.AsyncClient(transport=transport, base_url="http://chat") as http:
            async with asyncio.timeout(PATIENCE):
                while not server.started:
                    await asyncio.to_thread(lambda: None)
            asked = await http.post("/chatkit", json=LIST, headers={"X-Forwarded-User": "alice"})
        server.handle_exit(2, None)
        await asyncio.wait_for(task, PATIENCE)
    assert asked.status_code == 401


async def test_an_ipv4_proxy_is_known_on_a_socket_of_ipv6(make_settings: MakeSettings) -> None:
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as bound:
        port = bound.getsockname()[1]
        server = HttpServer(create_app(make_settings(**proxy_settings())), make_settings(), lambda *_: None)
        task = asyncio.create_task(server._serve([bound]))
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            async with asyncio.timeout(PATIENCE):
                while not server.started:
                    await asyncio.to_thread(lambda: None)
            asked = await http.post("/chatkit", json=LIST, headers={"X-Forwarded-User": "alice"})
        server.handle_exit(2, None)
        await asyncio.wait_for(task, PATIENCE)
    assert asked.status_code == 200
