"""nginx signs people in as docs/signing-in.md has it, and says to the server who they are."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.proxy.nginx import Nginx, running
from tests.serving import serving
from tools.tracked import ROOT

DOCUMENTED = re.search(
    r"^```nginx\n(.*?)^```", (ROOT / "docs/signing-in.md").read_text(), re.MULTILINE | re.DOTALL
)
TAKEN_AWAY = '    proxy_set_header X-Forwarded-User "";\n    proxy_set_header X-Forwarded-Groups "";\n'
LIST = {"type": "threads.list", "params": {}}


async def oauth2_proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request as oauth2-proxy does: the cookie `alice` is Alice's session."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    match (head.split()[1], "cookie: alice" in head.lower()):
        case ("/oauth2/auth", True):
            answer = "202 Accepted\r\nX-Auth-Request-User: alice\r\nX-Auth-Request-Groups: staff,read-only"
        case ("/oauth2/auth", False):
            answer = "401 Unauthorized"
        case _:
            answer = "200 OK\r\nX-Page: sign in"
    writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()
    writer.close()


@asynccontextmanager
async def company(executable: str, settings: Settings, folder: Path) -> AsyncIterator[Nginx]:
    """Run nginx with oauth2-proxy beside it, in front of a server."""
    assert DOCUMENTED is not None
    block = DOCUMENTED[1]
    beside = await asyncio.start_server(oauth2_proxy, "127.0.0.1", 0)
    port = beside.sockets[0].getsockname()[1]

    def change(text: str) -> str:
        assert text.count(TAKEN_AWAY) == 1
        return text.replace(TAKEN_AWAY, block.replace("127.0.0.1:4180", f"127.0.0.1:{port}"))

    async with (
        beside,
        serving(settings) as server,
        running(executable, folder, server.url, server.url, change=change) as nginx,
    ):
        yield nginx


@pytest.mark.proves("SEC-34")
async def test_the_user_is_whom_nginx_has_signed_in_and_not_whom_the_client_names(
    executable: str, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path / "data",
        auth=("proxy",),
        proxy_user_header="X-Forwarded-User",
        proxy_roles_header="X-Forwarded-Groups",
        trusted_proxies=("127.0.0.1",),
    )
    claims = {"X-Forwarded-User": "root", "X-Forwarded-Groups": "admin"}
    async with (
        company(executable, settings, tmp_path) as nginx,
        httpx2.AsyncClient(base_url=nginx.url, headers=claims) as http,
    ):
        stranger = await http.post("/chatkit", json=LIST)
        assert stranger.status_code == 401
        assert "x-request-id" not in stranger.headers, "it has come to the server"
        assert (await http.get("/")).headers["x-page"] == "sign in"

        signed_in = {"Cookie": "alice"}
        assert (await http.post("/chatkit", json=LIST, headers=signed_in)).status_code == 200
        asked = await http.post("/chatkit/threads/thr_1/cancel", headers=signed_in)
        assert asked.json()["error"]["code"] == "forbidden", "the groups of the proxy count"
        assert (await http.get("/config.json", headers=signed_in)).status_code == 200
