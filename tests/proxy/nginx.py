"""`deploy/nginx.conf` on a loopback port, as an ordinary child process.

What differs from the file as it is shipped: the addresses, no TLS, waits that are shorter by one factor, and
a header that says which server answered.
"""

import asyncio
import getpass
import re
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.chaos.fleet import HEARTBEAT_SECONDS, Server, moment
from tests.patience import PATIENCE
from tools.tracked import ROOT

SHIPPED = ROOT / "deploy/nginx.conf"
HEARTBEAT_AS_SHIPPED = 10.0
SHORTER = HEARTBEAT_AS_SHIPPED / HEARTBEAT_SECONDS
"""The servers under test have a heartbeat that is shorter than the default by as much."""
IDLE_SECONDS = 60 / SHORTER
START_SECONDS = PATIENCE

FRAME = """
worker_processes 1;
user {user};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {shipped}
}}
"""


@dataclass(frozen=True)
class Nginx(Server):
    """Where it listens. A browser takes it for a server."""

    address: str
    folder: Path

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.address

    def said(self) -> str:
        """Its error log."""
        return (self.folder / "error.log").read_text()


@asynccontextmanager
async def running(
    executable: str, folder: Path, *upstreams: str, change: Callable[[str], str] = lambda text: text
) -> AsyncIterator[Nginx]:
    """Run nginx in front of `upstreams`, with a configuration that `change` has had its hand in."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder.chmod(0o755)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        FRAME.format(
            folder=folder,
            user=getpass.getuser(),
            shipped=change(adapted(SHIPPED.read_text(), port, upstreams)),
        )
    )
    command = [executable, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)]
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL)
    nginx = Nginx(f"http://127.0.0.1:{port}", folder)
    try:
        await _answers(nginx, process)
        yield nginx
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), START_SECONDS)


def adapted(shipped: str, port: int, upstreams: tuple[str, ...]) -> str:
    """Return the shipped configuration for these addresses; fails where it does not say what is replaced."""
    text = _replaced(
        r"^    server (127\.0\.0\.1:\d+)( .*)?;$", r"    server UPSTREAM\2;", shipped, len(upstreams)
    )
    for upstream in upstreams:
        text = text.replace("UPSTREAM", upstream.removeprefix("http://"), 1)
    text = _replaced(r"^    listen .*;$", f"    listen 127.0.0.1:{port};", text)
    text = _replaced(r"^    ssl_certificate.*;$\n", "", text, 2)
    for name in ("proxy_read_timeout", "proxy_send_timeout"):
        text = _replaced(rf"^    {name} 60s;$", f"    {name} {IDLE_SECONDS * 1000:.0f}ms;", text)
    return _replaced(
        r"^        proxy_pass (.*);$",
        r"        proxy_pass \1; add_header X-Upstream $upstream_addr always;",
        text,
        2,
    )


def _replaced(pattern: str, replacement: str, text: str, times: int = 1) -> str:
    text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
    assert count == times, f"deploy/nginx.conf has {pattern} {count} times"
    return text


async def _answers(nginx: Nginx, process: Process) -> None:
    async with httpx2.AsyncClient() as http, asyncio.timeout(START_SECONDS):
        while True:
            assert process.returncode is None, nginx.said()
            try:
                await http.get(f"{nginx.url}/readyz")
                return
            except httpx2.TransportError:
                await moment(0.02)
