"""Real server processes: two of one service, on one database, in front of one fake provider.

Owns their start, their signals and their end. A start costs seconds of processor time, so the processes of a
test run are shared, and what one test killed the next one finds started again.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from tools.tracked import ROOT

PATIENCE = 60.0
"""Seconds that a test waits for a process before it fails."""

HEARTBEAT_SECONDS = 0.5
GRACE_SECONDS = 0.5

COMMAND = [
    sys.executable,
    str(ROOT / "tools/attached.py"),
    str(Path(sys.executable).with_name("chatkit-server")),
    "serve",
]


class Server:
    """`chatkit-server serve`, again and again on the same port."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0
        self._port = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """Of the process that runs, or ran last."""
        assert self._process is not None, "it was never started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None and self._process.poll() is None

    def launch(self) -> None:
        """Start the process; `ready` waits for it. From the main thread: the process ends with its parent."""
        assert not self.running
        with self._log.open("ab") as log:
            self._said_before = log.tell()
            self._process = subprocess.Popen(
                [*COMMAND, "--port", str(self._port)],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    async def ready(self) -> None:
        """Wait until it answers, starting it first where there is none."""
        if not self.running:
            self.launch()
        if (line := await self.announced()) is not None:
            self._port = int(line.partition(" on http://127.0.0.1:")[2].split()[0])
        async with httpx2.AsyncClient() as http:
            assert (await http.get(f"{self.url}/readyz")).status_code == 200, self.said()

    async def announced(self) -> str | None:
        """Wait for the line a server prints when it answers; None where it did so before."""
        assert self._process is not None
        stdout = self._process.stdout
        assert stdout is not None
        if stdout.closed:
            return None
        line = (await asyncio.wait_for(asyncio.to_thread(stdout.readline), PATIENCE)).decode()
        assert line, f"the server ended with {self._process.wait()}:\n{self.said()}"
        stdout.close()
        return line

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        if self.running:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a crash does, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            self._forget_output()

    async def ended(self, within: float = PATIENCE) -> int:
        """Wait for its end, and return its exit code, negative for a signal."""
        assert self._process is not None
        code = await asyncio.to_thread(self._process.wait, within)
        self._forget_output()
        return code

    def _forget_output(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()

    def said(self) -> str:
        """What it has written to its log since it was started, the end of it."""
        return self._log.read_bytes()[self._said_before :].decode()[-4000:]


class Fleet:
    """Two servers that are one service."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.provider = socket.create_server(("127.0.0.1", 0))
        """Where the provider listens; each test answers there for as long as it runs."""
        self.database_url = database_url
        self._folder = folder
        self.environment = {
            "CHATKIT_DATABASE_URL": database_url,
            "CHATKIT_DATA_DIR": str(folder),
            "CHATKIT_AGENT": "tests/chaos/agents_attacked.py:agent",
            "CHATKIT_DISCONNECT_GRACE_SECONDS": str(GRACE_SECONDS),
            "CHATKIT_DRAIN_SECONDS": "3",
            "CHATKIT_HEARTBEAT_SECONDS": str(HEARTBEAT_SECONDS),
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{self.provider.getsockname()[1]}/v1",
            **settings,
        }
        self.a = self.server("a")
        self.b = self.server("b")

    def server(self, name: str, **settings: str) -> Server:
        """Return one more server of this service, not started yet."""
        return Server(self.environment | settings, self._folder / f"{name}.log")

    def launch(self) -> None:
        """Start what does not run."""
        for server in (self.a, self.b):
            if not server.running:
                server.launch()

    async def ready(self) -> None:
        """Start what does not run, and wait until both answer."""
        self.launch()
        await self.a.ready()
        await self.b.ready()

    def stop(self) -> None:
        """End both."""
        self.a.kill()
        self.b.kill()
        self.provider.close()


def now() -> float:
    """Return the time that journals and kills are noted in."""
    return time.monotonic()


async def moment(seconds: float) -> None:
    """Let others go on for so long: a random moment of a kill, or a client's delay before it comes back."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)
