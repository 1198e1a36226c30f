"""The attacks of slowhttptest: others are answered meanwhile, and none of its connections is kept."""

import asyncio
import csv
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.chatkit_api import arrival
from app.ops import receiving, slow_readers
from app.settings import Settings
from tests.serving import RunningServer, serving
from tools.slowhttptest import installed

SECONDS = 1.0
"""How long the server waits, whatever for. As shipped it is ten to thirty times as long."""
CONNECTIONS = 50
OTHERS = 2
"""Connections of who looks: the test, and the tool itself."""
PATIENCE = 60

ATTACKS = {
    "heads": "-H -i 1 -t GET -u {url}/",
    "bodies": "-B -i 1 -s 8192 -u {url}/chatkit",
    # Several answers for each connection: one alone fits into the buffers of two sockets on this machine.
    "answers": "-X -k 10 -w 1 -y 10 -n 1 -z 8 -u {url}/chatkit.js",
    "ranges": "-R -a 10 -b 3000 -t GET -u {url}/chatkit.js",
}


@pytest.fixture
async def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningServer]:
    """A server that is soon out of patience."""
    monkeypatch.setattr(receiving, "HEAD_SECONDS", SECONDS)
    monkeypatch.setattr(receiving, "LINGER_SECONDS", SECONDS)
    monkeypatch.setattr(arrival, "SILENCE_SECONDS", SECONDS)
    monkeypatch.setattr(slow_readers, "READING_SECONDS", SECONDS)
    async with serving(settings) as running:
        yield running


@asynccontextmanager
async def attacking(url: str, attack: str, report: Path) -> AsyncIterator[Process]:
    """Attack for as long as the block lasts; `report` says then what it was like."""
    tool = os.environ.get("SLOWHTTPTEST") or next(installed(), None)
    assert tool, "get one first: python -m tools.slowhttptest"
    bounds = f"-c {CONNECTIONS} -r 200 -l {PATIENCE} -p {PATIENCE // 3} -g -o"
    arguments = [*attack.format(url=url).split(), *bounds.split(), str(report.with_suffix(""))]
    process = await asyncio.create_subprocess_exec(
        tool, *arguments, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            # It writes its report before it ends.
            process.send_signal(signal.SIGINT)
        await process.wait()


@pytest.mark.proves("SEC-40")
@pytest.mark.parametrize("what", ATTACKS)
async def test_a_known_attack_keeps_nobody_out_and_no_connection(
    server: RunningServer, tmp_path: Path, what: str
) -> None:
    client, connections, report = (
        server.client(),
        server.http.server_state.connections,
        tmp_path / "report.csv",
    )
    most = 0
    async with attacking(server.url, ATTACKS[what], report) as attack, asyncio.timeout(PATIENCE):
        while attack.returncode is None and (most <= OTHERS or len(connections) > OTHERS):
            assert (await client.http.get("/healthz")).status_code == 200
            assert (await client.post("threads.list", limit=1)).status_code == 200
            most = max(most, len(connections))

    seconds = [*csv.DictReader(report.read_text().splitlines())]
    assert seconds
    assert [second for second in seconds if second["Service Available"] == "0"] == []
    assert what == "ranges" or most > OTHERS, "it has not begun"
