"""Where an embedded PostgreSQL keeps its things.

    <data dir>/postgres-18/lock    held while a server runs (`lock.py`)
    <data dir>/postgres-18/data    PostgreSQL's own folder, once it is complete
    <data dir>/postgres-18/new     the same while it is being made
    <data dir>/postgres-18/run     the folder of the socket, or a link to one elsewhere

What PostgreSQL uses belongs to its account and nobody else may enter; the folders above only let it pass.
"""

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.db.embedded.account import Account
from app.errors import ConfigurationError

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103
"""What fits into a unix socket's address beside its final NUL."""

_PREFIX = "chatkit-"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one major version's data under `data_dir`, which is absolute and free of links."""

    data_dir: Path
    major: int

    @property
    def home(self) -> Path:
        """Everything of this major version."""
        return self.data_dir / f"postgres-{self.major}"

    @property
    def lock(self) -> Path:
        """The file that is locked while a server runs."""
        return self.home / "lock"

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder; exists once it is complete."""
        return self.home / "data"

    @property
    def unfinished(self) -> Path:
        """The data folder while it is being made."""
        return self.home / "new"

    @property
    def pid_file(self) -> Path:
        """Where PostgreSQL writes its process id and state."""
        return self.data / "postmaster.pid"

    @property
    def socket_folder(self) -> Path:
        """The folder of the running server's socket."""
        return self._run.resolve()

    @property
    def _run(self) -> Path:
        return self.home / "run"

    def make_home(self) -> None:
        """Create the folders above the data; existing ones are left as they are."""
        for folder in (self.data_dir, self.home):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)

    def make_private(self, folder: Path, account: Account) -> None:
        """Create `folder` for `account` alone."""
        folder.mkdir(mode=0o700)
        _give(folder, account)

    def make_socket_folder(self, account: Account) -> Path:
        """Create the folder of the socket afresh and return it.

        It is under the temporary directory where the path here cannot be a socket's, or `account` cannot walk
        to it.
        """
        self.remove_socket_folder()
        if _can_be_a_sockets(self._run) and account.can_reach(self._run):
            self.make_private(self._run, account)
            return self._run
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_temporary_directory(account))).resolve()
        _give(folder, account)
        self._run.symlink_to(folder)
        return folder

    def remove_socket_folder(self) -> None:
        """Remove what `make_socket_folder` made, here or by a process that was killed."""
        if not self._run.is_symlink():
            shutil.rmtree(self._run, ignore_errors=True)
            return
        target = self._run.readlink()
        # The link may have come from a backup: what it names is removed only if empty and named like ours.
        if target.name.startswith(_PREFIX):
            with suppress(OSError):
                target.rmdir()
        self._run.unlink()


def _give(folder: Path, account: Account) -> None:
    if not account.is_ours:
        os.chown(folder, account.uid, account.gid)


def _can_be_a_sockets(folder: Path) -> bool:
    # To clients a comma separates hosts.
    return len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_BYTES and "," not in str(folder)


def _temporary_directory(account: Account) -> Path:
    for candidate in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108  (mkdtemp)
        folder = Path(candidate).resolve()
        inside = folder / f"{_PREFIX}12345678"
        if _can_be_a_sockets(inside) and os.access(folder, os.W_OK | os.X_OK) and account.can_reach(inside):
            return folder
    raise ConfigurationError(
        "No folder for PostgreSQL's socket is both short enough and open to its account: choose a shorter "
        "CHATKIT_DATA_DIR, or set TMPDIR to such a folder."
    )
