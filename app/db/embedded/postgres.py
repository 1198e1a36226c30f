"""`EmbeddedPostgres`: a PostgreSQL server for one data folder, started or joined."""

import atexit
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from app.db.embedded import cluster
from app.db.embedded.account import Account, server_account
from app.db.embedded.binaries import Binaries, find_binaries
from app.db.embedded.layout import Layout, existing_major, refuse_other_major
from app.db.embedded.lock import FolderLock
from app.db.embedded.server import (
    POLL_SECONDS,
    PROGRESS_SECONDS,
    ServerProcess,
    discard_stale_pid_file,
    ready_pid,
)
from app.db.urls import socket_url
from app.errors import ConfigurationError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConnectionUrls:
    """How to connect to a running server, by role; `postgresql://` with a unix socket."""

    app: str
    owner: str
    admin: str


class EmbeddedPostgres:
    """PostgreSQL on a unix socket, as a child of this process, with its data under `data_dir`.

    Where another process runs it already, that one is used and never stopped. Blocks while it works: from
    asyncio, call it on a thread.
    """

    def __init__(self, data_dir: Path, *, bin_dir: Path | None = None, durable: bool = True) -> None:
        """Touch nothing yet. `durable=False` trades safety against power cuts for speed, for tests."""
        self._data_dir = data_dir.absolute()
        self._bin_dir = bin_dir
        self._durable = durable
        self._lock: FolderLock | None = None
        self._server: ServerProcess | None = None
        self._layout: Layout | None = None
        self.version = ""
        """The programs' version, "18.6"; known once started."""

    def __enter__(self) -> ConnectionUrls:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> ConnectionUrls:
        """Return once the server accepts connections, made, recovered or joined as need be.

        Raises `ConfigurationError`, one sentence with its remedy, where it cannot.
        """
        with _one_sentence(self._data_dir):
            binaries = find_binaries(self._bin_dir, existing_major(self._data_dir))
            layout = Layout(self._data_dir, binaries.major)
            refuse_other_major(layout)
            self.version, self._layout = binaries.version, layout
            account = server_account(layout.data)
            layout.make_home()
            self._lock = _lock_unless_running(layout)
            if self._lock is not None:
                atexit.register(self.stop)
                try:
                    self._start_server(layout, binaries, account, self._lock)
                except BaseException:
                    self.stop()
                    raise
            return _urls(layout)

    def stop(self) -> None:
        """Stop the server if it was started here; may be called again."""
        atexit.unregister(self.stop)
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._lock is not None:
            assert self._layout is not None
            self._layout.remove_socket_folder()
            self._lock.release()
            self._lock = None

    def _start_server(self, layout: Layout, binaries: Binaries, account: Account, lock: FolderLock) -> None:
        if not layout.data.exists():
            cluster.create_cluster(layout, binaries, account, lock, durable=self._durable)
        discard_stale_pid_file(layout)
        folder = layout.make_socket_folder(account)
        command = [binaries.postgres, *_server_options(folder, self._durable)]
        self._server = ServerProcess(layout, account, lock, command)
        self._server.start()


def running_urls(data_dir: Path) -> ConnectionUrls | None:
    """Return how to connect to the server that runs on `data_dir`, or None if none does."""
    data_dir = data_dir.absolute()
    major = existing_major(data_dir)
    if major is None:
        return None
    layout = Layout(data_dir, major)
    with _one_sentence(data_dir):
        lock = FolderLock.try_acquire(layout.lock)
        if lock is not None:
            lock.release()
            return None
        return _urls(layout) if ready_pid(layout.pid_file) else None


def _lock_unless_running(layout: Layout) -> FolderLock | None:
    """Return the folder's lock, or None once another process's server accepts connections."""
    reported = time.monotonic()
    while (lock := FolderLock.try_acquire(layout.lock)) is None:
        if ready_pid(layout.pid_file) is not None:
            return None
        # Starting, recovering, or going down: it becomes ready or lets go of the lock.
        if time.monotonic() - reported > PROGRESS_SECONDS:
            reported = time.monotonic()
            logger.info("waiting for another process's PostgreSQL", extra={"folder": str(layout.home)})
        time.sleep(POLL_SECONDS)
    return lock


def _urls(layout: Layout) -> ConnectionUrls:
    folder = str(layout.socket_folder)
    app, owner, admin = (
        socket_url(folder, role, cluster.DATABASE) for role in (cluster.APP, cluster.OWNER, cluster.ADMIN)
    )
    return ConnectionUrls(app, owner, admin)


def _server_options(socket_folder: Path, durable: bool) -> list[str]:
    """Return what holds whatever the data folder's own `postgresql.conf` says."""
    quoted = str(socket_folder).replace('"', '""')
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "port": "5432",
        "cluster_name": cluster.DATABASE,
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "off",
        "log_destination": "stderr",
        "log_line_prefix": "",
        "log_checkpoints": "off",
        # Statements and rows hold what people wrote; their errors go to the client, not to the log.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


@contextmanager
def _one_sentence(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {data_dir} cannot be used: {error.strerror or error} ({error.filename or data_dir}). "
            "Make it a folder this user can write to, or choose another with CHATKIT_DATA_DIR."
        ) from error
