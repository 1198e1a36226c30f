"""The PostgreSQL server process: started, watched, its log passed on, stopped."""

import logging
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app.db.embedded.account import Account
from app.db.embedded.command import prepare
from app.db.embedded.layout import Layout
from app.db.embedded.lock import FolderLock
from app.errors import ConfigurationError

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.01
PROGRESS_SECONDS = 5.0
FAST_STOP_SECONDS = 60.0
"""How long a fast shutdown may write its checkpoint before the next start is left to recover instead."""

_LEVELS = {"WARNING": logging.WARNING, "FATAL": logging.WARNING, "PANIC": logging.ERROR}
_NEWS = re.compile(r"not properly shut down|recovery|redo|interrupted")


class ServerProcess:
    """One server process, from its start to its end.

    It lives on a thread of its own: the kernel interrupts the server when the *thread* that started it ends, so
    that thread waits until the server has ended.
    """

    def __init__(self, layout: Layout, account: Account, lock: FolderLock, command: Sequence[str]) -> None:
        self._layout = layout
        self._prepare = (account, lock, layout.data, command)
        self._process: subprocess.Popen[str] | None = None
        self._failure: Exception | None = None
        self._last_line = ""
        self._stopping = False
        self._spawned = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name="embedded-postgres", daemon=True)

    def start(self) -> None:
        """Start the server and wait, however long it recovers, until it accepts connections.

        Raises `ConfigurationError` with the server's own last words where it ends instead.
        """
        self._thread.start()
        self._spawned.wait()
        if self._failure is not None:
            raise self._failure
        began = reported = time.monotonic()
        while not self._is_ready():
            if self._ended.wait(POLL_SECONDS):
                raise ConfigurationError(
                    f"PostgreSQL did not start on {self._layout.data}: {self._last_line or 'it gave no reason'}."
                )
            if time.monotonic() - reported > PROGRESS_SECONDS:
                reported = time.monotonic()
                logger.info("waiting for PostgreSQL", extra={"seconds": round(reported - began)})

    def stop(self) -> None:
        """End the server, clients or not, and wait until it has written everything down."""
        self._stopping = True
        for how, patience in ((signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, 10.0)):
            if self._ended.is_set() or self._process is None:
                return
            self._process.send_signal(how)
            self._ended.wait(patience)

    def _live(self) -> None:
        try:
            with prepare(*self._prepare) as launch:
                self._process = subprocess.Popen(  # noqa: S603
                    launch.arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                    errors="replace",
                    **launch.options,
                )
        except Exception as error:  # noqa: BLE001  (raised by `start`, in its thread)
            self._failure = error
            return
        finally:
            self._spawned.set()
        self._pass_on_log(self._process)
        code = self._process.wait()
        self._ended.set()
        if not self._stopping:
            logger.error("PostgreSQL ended", extra={"exit_code": code})

    def _pass_on_log(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            for line in lines:
                severity, _, text = line.strip().partition(":  ")
                self._last_line = (text or severity).rstrip(".") or self._last_line
                level = _LEVELS.get(severity, logging.INFO if _NEWS.search(text) else logging.DEBUG)
                logger.log(level, "PostgreSQL says", extra={"line": self._last_line})

    def _is_ready(self) -> bool:
        assert self._process is not None
        return ready_pid(self._layout.pid_file) == self._process.pid


def ready_pid(pid_file: Path) -> int | None:
    """Return the process id of the server that accepts connections on this data folder, if one says it does."""
    try:
        lines = pid_file.read_text().splitlines()
        return int(lines[0]) if len(lines) > 7 and lines[7].strip() == "ready" else None
    except (FileNotFoundError, ValueError):
        return None


def discard_stale_pid_file(layout: Layout) -> None:
    """Remove the pid file of a server that is gone, whatever process has its number now.

    To be called under the folder's lock, which says that no server of ours is alive. One that somebody started by
    hand is looked for; `ConfigurationError` says that it must be stopped first.
    """
    with suppress(FileNotFoundError, ValueError):
        pid = int(layout.pid_file.read_text().splitlines()[0])
        if _works_in(pid, layout.data):
            raise ConfigurationError(
                f"A PostgreSQL that this server did not start (process {pid}) runs on {layout.data}: stop it first."
            )
    layout.pid_file.unlink(missing_ok=True)


def _works_in(pid: int, folder: Path) -> bool:
    """Say whether process `pid` has `folder` as its working directory, as every server process does.

    Where the system does not tell, the answer is no: PostgreSQL itself then finds the other's shared memory.
    """
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", folder)
    except OSError:
        return False
