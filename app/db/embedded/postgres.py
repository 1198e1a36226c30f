"""`EmbeddedPostgres`: a PostgreSQL server for one data folder, started or joined."""

import atexit
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from app.db.embedded import cluster
from app.db.embedded.account import Account, refuse_another_users, server_account
from app.db.embedded.binaries import Binaries, find_binaries
from app.db.embedded.layout import Layout
from app.db.embedded.lock import FolderLock
from app.db.embedded.options import server_options
from app.db.embedded.pid_file import discard_stale_pid_file, is_ready
from app.db.embedded.server import POLL_SECONDS, PROGRESS_SECONDS, ServerProcess
from app.db.embedded.staging import reachable
from app.db.embedded.versions import existing_major, refuse_other_major
from app.db.urls import socket_url
from app.errors import ConfigurationError

logger = logging.getLogger(__name__)

_GIVEN_UP = "The start of PostgreSQL was given up."


@dataclass(frozen=True, slots=True)
class ConnectionUrls:
    """How to connect to a running server, by role; `postgresql://` with a unix socket."""

    app: str
    owner: str
    admin: str


class EmbeddedPostgres:
    """PostgreSQL on a unix socket, as a child of this process, with its data under `data_dir`.

    Where another process runs one there already, that one is used and never stopped. Blocks while it works:
    from asyncio, call it on a thread.
    """

    def __init__(self, data_dir: Path, *, bin_dir: Path | None = None, durable: bool = True) -> None:
        """Touch nothing yet. `durable=False` trades safety in a power cut for speed, for tests."""
        self._data_dir = data_dir.resolve()
        self._bin_dir = bin_dir
        self._durable = durable
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._layout: Layout | None = None
        self._lock: FolderLock | None = None
        self._server: ServerProcess | None = None
        self.version = ""
        """The server's version ("18.6"), once started; its major alone where another process runs it."""

    def __enter__(self) -> ConnectionUrls:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> ConnectionUrls:
        """Return once the server accepts connections: created, recovered or joined as need be.

        Raises `ConfigurationError`, one sentence with its remedy, where it cannot.
        """
        urls = running_urls(self._data_dir)
        if urls is not None:
            self.version = str(existing_major(self._data_dir))
            return urls
        with _one_sentence(self._data_dir):
            binaries = find_binaries(self._bin_dir, existing_major(self._data_dir))
            self._layout = layout = Layout(self._data_dir, binaries.major)
            self.version = binaries.version
            account = server_account(layout.data)
            refuse_other_major(layout)
            layout.make_home()
            self._lock = lock = self._lock_unless_running(layout)
            if lock is not None:
                atexit.register(self.stop)
                try:
                    self._start_server(layout, reachable(binaries, account), account, lock)
                except BaseException:
                    self.stop()
                    raise
            return _urls(layout)

    @property
    def is_started_here(self) -> bool:
        """Whether the server is this process' own, so that nobody can have used it before."""
        return self._server is not None

    def stop(self) -> None:
        """Stop the server if it was started here; ends a start under way. May be called again."""
        self._stopping.set()
        atexit.unregister(self.stop)
        if self._server is not None:
            self._server.stop()
        with self._guard:
            if self._lock is not None and self._layout is not None:
                self._layout.remove_socket_folder()
                self._lock.release()
                self._lock = None

    def _start_server(self, layout: Layout, binaries: Binaries, account: Account, lock: FolderLock) -> None:
        if not layout.data.exists():
            cluster.create_cluster(layout, binaries, account, lock, durable=self._durable)
        discard_stale_pid_file(layout)
        folder = layout.make_socket_folder(account)
        command = [binaries.postgres, *server_options(folder, durable=self._durable)]
        self._server = ServerProcess(layout, account, lock, command)
        if self._stopping.is_set():
            raise ConfigurationError(_GIVEN_UP)
        self._server.start()

    def _lock_unless_running(self, layout: Layout) -> FolderLock | None:
        """Return the folder's lock, or None once another process's server accepts connections."""
        reported = time.monotonic()
        while (lock := FolderLock.try_acquire(layout.lock)) is None:
            if is_ready(layout):
                return None
            # Starting, recovering, or going down: it becomes ready or lets go of the lock.
            if time.monotonic() - reported > PROGRESS_SECONDS:
                reported = time.monotonic()
                logger.info("waiting for another process's PostgreSQL", extra={"folder": str(layout.home)})
            if self._stopping.wait(POLL_SECONDS):
                raise ConfigurationError(_GIVEN_UP)
        return lock


def running_urls(data_dir: Path) -> ConnectionUrls | None:
    """Return how to connect to the server that runs on `data_dir`, or None where none does.

    Raises `ConfigurationError` where the data are another user's.
    """
    with _one_sentence(data_dir):
        major = existing_major(data_dir.resolve())
        if major is None:
            return None
        layout = Layout(data_dir.resolve(), major)
        refuse_another_users(layout.data)
        if not layout.lock.exists():
            return None
        if (lock := FolderLock.try_acquire(layout.lock)) is not None:
            lock.release()
            return None
        return _urls(layout) if is_ready(layout) else None


def _urls(layout: Layout) -> ConnectionUrls:
    folder, name = str(layout.socket_folder), cluster.DATABASE
    return ConnectionUrls(
        app=socket_url(folder, cluster.APP, name),
        owner=socket_url(folder, cluster.OWNER, name),
        admin=socket_url(folder, cluster.ADMIN, name),
    )


@contextmanager
def _one_sentence(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {data_dir} cannot be used ({error}): make it one this user can write to, or "
            "choose another with CHATKIT_DATA_DIR."
        ) from error
