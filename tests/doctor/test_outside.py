"""What lies between a browser and the server, one fault at a time, and what the doctor makes of it."""

import asyncio
import os
import socket
import subprocess
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.doctor.certificates import self_made
from tests.doctor.conftest import PAGE_ORIGIN, doctor
from tests.doctor.proxy import Proxy, running
from tests.patience import PATIENCE
from tests.proxy import nginx
from tests.serving import RunningServer, serving
from tools.nginx import installed


@pytest.mark.proves("WIRE-64")
async def test_a_server_with_nothing_wrong_is_said_to_be_fine(
    server: RunningServer, guarded: None, inside: dict[str, str]
) -> None:
    told = await doctor(server.url, CHATKIT_PUBLIC_URL=server.url, **inside)
    assert (told.code, told.rules()) == (0, set()), told.out
    assert told.report["fine"] is True
    assert told.rules("note") <= {"local-files", "backups"}


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("buffering", {"buffers": True}, "proxy_buffering off"),
    ("compression", {"compresses": True}, "gzip off"),
    ("idle-timeout", {"cuts_after_silence": 0.5}, "proxy_read_timeout"),
    ("request-headers", {"drops_of_request": ("authorization", "last-event-id")}, "pass on"),
    ("response-headers", {"drops_of_answer": ("x-request-id",)}, "pass on"),
    ("host", {"adds_to_request": {"host": "backend:8000"}}, "proxy_set_header Host"),
    ("scheme", {"adds_to_request": {"x-forwarded-proto": "https"}}, "X-Forwarded-Proto"),
    ("body-limit", {"most_body": 1_000_000}, "client_max_body_size 26m"),
    ("not-this-server", {"answers": b"<h1>It works!</h1>"}, "/healthz"),
    ("cors", {"adds_to_answer": ("Access-Control-Allow-Origin: *",)}, "no CORS headers in the proxy"),
    ("cors", {"drops_of_answer": ("access-control-allow-headers",)}, "CHATKIT_ALLOWED_ORIGINS"),
    (
        "cors-exposed",
        {"drops_of_answer": ("access-control-expose-headers",)},
        "Access-Control-Expose-Headers",
    ),
]


@pytest.mark.proves("WIRE-64")
@pytest.mark.parametrize(("rule", "fault", "remedy"), FAULTS, ids=lambda value: str(value)[:30])
async def test_a_fault_of_the_proxy_is_named_with_its_remedy(
    server: RunningServer, rule: str, fault: dict[str, Any], remedy: str
) -> None:
    async with running(Proxy(server.url, **fault)) as proxy:
        told = await doctor(proxy.url, "--outside", "--origin", PAGE_ORIGIN)

    # What compresses has to wait for more.
    also = {"buffering"} if rule == "compression" else set()
    assert told.code == 1
    found = next(found for found in told.report["findings"] if found["rule"] == rule)
    assert remedy in found["do"]
    assert found["why"]
    # The page is not there, and its guests would be other ones with each request.
    assert told.rules() <= {rule, "guest-cookies", "mixed-content", *also}, told.out


@pytest.mark.proves("WIRE-64")
async def test_an_origin_that_is_not_allowed_is_told_the_setting(server: RunningServer) -> None:
    told = await doctor(server.url, "--outside", "--origin", "https://other.example/chat")
    assert "CHATKIT_ALLOWED_ORIGINS=https://other.example " in told.finding("cors")["do"] + " "


async def test_a_redirect_is_followed_and_told(server: RunningServer) -> None:
    async with running(Proxy(server.url, redirects_to=server.url)) as proxy:
        told = await doctor(proxy.url, "--outside")
    assert told.rules() == {"redirect"}
    assert server.url in told.finding("redirect")["do"]


async def test_nobody_at_home_is_one_finding(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = await doctor(f"http://127.0.0.1:{port}", "--outside")
    assert (told.code, told.rules()) == (1, {"unreachable"})


async def test_one_who_takes_a_connection_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = await doctor(f"http://127.0.0.1:{silent.getsockname()[1]}", "--outside")
    assert told.rules() == {"unreachable"}


@pytest.mark.proves("WIRE-64")
@pytest.mark.parametrize(
    ("days", "trusted", "rules"),
    [(90, True, set()), (5, True, {"certificate-ends"}), (90, False, {"certificate"})],
)
async def test_certificates_that_end_or_that_nobody_trusts_are_told_and_the_rest_is_looked_at(
    server: RunningServer, tmp_path: Path, days: int, trusted: bool, rules: set[str]
) -> None:
    tls, authority = self_made(tmp_path, days=days)
    environ = {"SSL_CERT_FILE": str(authority)} if trusted else {}
    async with running(Proxy(server.url, tls, adds_to_request={"x-forwarded-proto": "https"})) as proxy:
        told = await doctor(proxy.url, "--outside", **environ)
    assert told.rules() == rules, told.out


async def test_a_public_address_without_tls_that_admits_everybody_is_told(server: RunningServer) -> None:
    # Asked through a forward proxy, as there are no public names here.
    async with running(Proxy(server.url)) as proxy:
        environ = {"HTTP_PROXY": proxy.url, "http_proxy": proxy.url, "NO_PROXY": "", "no_proxy": ""}
        told = await doctor("http://chat.example", "--outside", **environ)
    assert {"plain-http", "insecure-context", "guest-anywhere"} <= told.rules(), told.out


async def test_a_server_that_drains_is_not_ready(server: RunningServer) -> None:
    server.http.lifespan.state["running"].turns.drain()
    told = await doctor(server.url, "--outside")
    assert told.finding("not-ready")["what"] == "turns: draining"


@pytest.fixture(scope="module")
def executable() -> str:
    found = os.environ.get("NGINX") or next(installed(), None)
    assert found, "get one first: python -m tools.nginx"
    assert subprocess.run([found, "-v"], capture_output=True, check=False).returncode == 0, found
    return found


@pytest.mark.proves("WIRE-64")
async def test_the_nginx_that_we_ship_is_fine(server: RunningServer, executable: str, tmp_path: Path) -> None:
    async with nginx.running(executable, tmp_path, server.url, server.url) as proxy:
        told = await doctor(proxy.url, "--outside")
    assert told.rules() == set(), told.out


@pytest.mark.proves("WIRE-64")
async def test_an_nginx_as_tutorials_have_it_is_not(
    server: RunningServer, executable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = f"""server {{
        listen 127.0.0.1:PORT;
        gzip on; gzip_types text/event-stream; gzip_min_length 1;
        proxy_ignore_headers X-Accel-Buffering;
        location / {{ proxy_pass {server.url}; proxy_http_version 1.1; }}
    }}"""
    monkeypatch.setattr(nginx, "adapted", lambda _, port, __: bare.replace("PORT", str(port)))
    async with nginx.running(executable, tmp_path) as proxy:
        told = await doctor(proxy.url, "--outside")
    assert {"host", "body-limit", "compression", "buffering"} <= told.rules(), told.out


async def test_a_few_streams_are_timed_at_once_and_no_more(server: RunningServer) -> None:
    client = server.client().http
    async with AsyncExitStack() as streams:
        asked = [await streams.enter_async_context(client.stream("GET", "/chatkit/probe")) for _ in range(5)]
        assert [response.status_code for response in asked] == [200, 200, 200, 200, 429]


async def test_a_stream_that_is_timed_does_not_hold_up_a_stop(settings: Settings) -> None:
    patient = settings.model_copy(update={"heartbeat_seconds": 15.0})
    async with (
        serving(patient) as server,
        server.client().http.stream("GET", "/chatkit/probe?silence") as response,
    ):
        server.http.lifespan.state["running"].turns.drain()
        async with asyncio.timeout(PATIENCE):
            sent = await response.aread()
    assert b"probe.tick" in sent
    assert b"probe.end" not in sent
