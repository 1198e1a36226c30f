"""The PostgreSQL server process: started, watched, its log passed on, stopped."""

import logging
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Sequence

from app.db.embedded.account import Account
from app.db.embedded.command import prepare
from app.db.embedded.layout import Layout
from app.db.embedded.lock import FolderLock
from app.db.embedded.pid_file import discard_stale_pid_file, ready_pid
from app.errors import ConfigurationError

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.01
PROGRESS_SECONDS = 2.0
RESTART_SECONDS = 0.5
"""How long to wait before a dead server is started again; twice as long each time it dies again at once."""
LONGEST_RESTART_SECONDS = 30.0
FAST_STOP_SECONDS = 60.0
"""How long a fast shutdown may write its checkpoint before the next start is left to recover instead."""
REPEAT_STOP_SECONDS = 0.5
IMMEDIATE_STOP_SECONDS = 10.0

_LEVELS = {"WARNING": logging.WARNING, "FATAL": logging.WARNING, "PANIC": logging.ERROR}
_NEWS = re.compile(r"not properly shut down|recovery|redo|interrupted")


class ServerProcess:
    """A server that is kept running from `start` to `stop`.

    It has a thread of its own: the kernel interrupts the server when the *thread* that started it ends, so
    that thread waits for the server. One that dies in between (killed for its memory, say) is started again.
    """

    def __init__(self, layout: Layout, account: Account, lock: FolderLock, command: Sequence[str]) -> None:
        self._layout = layout
        self._account = account
        self._lock = lock
        self._command = command
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._complaint = ""
        self._ready = False
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name="embedded-postgres", daemon=True)

    def start(self) -> None:
        """Return once the server accepts connections, however long it has to recover first.

        Raises `ConfigurationError` with the server's own words where it ends instead.
        """
        self._thread.start()
        began = reported = time.monotonic()
        while not self._is_ready():
            if self._ended.wait(POLL_SECONDS):
                reason = self._complaint or "it gave no reason"
                raise ConfigurationError(f"PostgreSQL did not start on {self._layout.data}: {reason}.")
            if time.monotonic() - reported > PROGRESS_SECONDS:
                reported = time.monotonic()
                logger.info("waiting for PostgreSQL", extra={"seconds": round(reported - began)})
        self._ready = True

    def stop(self) -> None:
        """End the server, whoever is connected, and return when it has written everything down."""
        with self._guard:
            self._stopping.set()
            process = self._process
        if process is None:
            return
        # Asked again and again: what becomes PostgreSQL is a Python program at first, whose interpreter may
        # swallow an interrupt while it starts. PostgreSQL takes no notice of a second one.
        for _ in range(round(FAST_STOP_SECONDS / REPEAT_STOP_SECONDS)):
            process.send_signal(signal.SIGINT)
            if self._ended.wait(REPEAT_STOP_SECONDS):
                return
        process.send_signal(signal.SIGQUIT)
        self._ended.wait(IMMEDIATE_STOP_SECONDS)

    def _live(self) -> None:
        pause = RESTART_SECONDS
        began = time.monotonic()
        try:
            while (code := self._run()) is not None and self._ready and not self._stopping.is_set():
                logger.error("PostgreSQL ended; starting it again", extra={"exit_code": code})
                lasted = time.monotonic() - began
                pause = RESTART_SECONDS if lasted > LONGEST_RESTART_SECONDS else pause
                if self._stopping.wait(pause):
                    break
                pause = min(2 * pause, LONGEST_RESTART_SECONDS)
                began = time.monotonic()
                discard_stale_pid_file(self._layout)
        except (OSError, ConfigurationError) as error:
            self._complaint = str(error)
            logger.error("PostgreSQL is not running", extra={"reason": self._complaint})
        finally:
            self._ended.set()

    def _run(self) -> int | None:
        """Run the server once; return its exit code, or None where it must no longer be started."""
        reading, writing = os.pipe()
        with open(reading, errors="replace") as lines:
            try:
                with (
                    self._guard,
                    prepare(self._account, self._lock, self._layout.data, self._command) as launch,
                ):
                    if self._stopping.is_set():
                        return None
                    self._process = process = subprocess.Popen(  # noqa: S603
                        launch.arguments,
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        stderr=writing,
                        **launch.options,
                    )
            finally:
                os.close(writing)
            for line in lines:
                self._pass_on(line.strip())
        return process.wait()

    def _pass_on(self, line: str) -> None:
        severity, _, text = line.partition(":  ")
        level = _LEVELS.get(severity, logging.INFO if _NEWS.search(line) else logging.DEBUG)
        if severity in ("FATAL", "PANIC") or not text:
            self._complaint = (text or line).rstrip(".") or self._complaint
        # Those who are still connected at the end are told so, which is no news then.
        logger.log(
            logging.DEBUG if self._stopping.is_set() else level, "PostgreSQL says", extra={"line": line}
        )

    def _is_ready(self) -> bool:
        process = self._process
        return process is not None and ready_pid(self._layout) == process.pid
