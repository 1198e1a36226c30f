"""Where an embedded PostgreSQL keeps its things.

    <data dir>/postgres-18/lock    held while a server runs (`lock.py`)
    <data dir>/postgres-18/data    PostgreSQL's own folder, once it is complete
    <data dir>/postgres-18/new     the same while it is being made
    <data dir>/postgres-18/run     the folder of the socket, or a link to one elsewhere

The folders PostgreSQL uses belong to its account and nobody else may enter them; all others only let it pass.
"""

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.db.embedded.account import Account
from app.db.embedded.binaries import major_of
from app.errors import ConfigurationError

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103
"""What fits into a unix socket's address, less its final NUL."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one major version's data under `data_dir`, which is absolute."""

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
    def socket_folder(self) -> Path:
        """The folder of the socket of the running server, links resolved."""
        return (self.home / "run").resolve()

    @property
    def pid_file(self) -> Path:
        """Where PostgreSQL writes its process id and state."""
        return self.data / "postmaster.pid"

    def make_home(self) -> None:
        """Create the folders above the data; existing ones are left as they are."""
        for folder in (self.data_dir, self.home):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)

    def make_private(self, folder: Path, account: Account) -> None:
        """Create `folder` for `account` alone."""
        folder.mkdir(mode=0o700)
        if not account.is_ours:
            os.chown(folder, account.uid, account.gid)

    def make_socket_folder(self, account: Account) -> Path:
        """Create the folder of the socket afresh, under the temporary directory where it cannot be here.

        That is where the path is too long for a socket address, or the account cannot walk to it.
        """
        run = self.home / "run"
        self._remove_socket_folder(run)
        if _fits(run) and account.can_reach(run):
            self.make_private(run, account)
            return run
        folder = Path(tempfile.mkdtemp(prefix="chatkit-", dir=_short_temporary_directory(account)))
        if not account.is_ours:
            os.chown(folder, account.uid, account.gid)
        run.symlink_to(folder)
        return folder

    def remove_socket_folder(self) -> None:
        """Remove what `make_socket_folder` made."""
        self._remove_socket_folder(self.home / "run")

    def _remove_socket_folder(self, run: Path) -> None:
        if run.is_symlink():
            target = run.readlink()
            # A link may have been restored from elsewhere: only what looks like ours goes, and only when empty.
            if target.name.startswith("chatkit-"):
                with suppress(OSError):
                    target.rmdir()
            run.unlink()
        else:
            shutil.rmtree(run, ignore_errors=True)


def existing_major(data_dir: Path) -> int | None:
    """Return the newest major version that has complete data under `data_dir`."""
    majors = [
        major_of(folder.parent.name.removeprefix("postgres-")) for folder in data_dir.glob("postgres-*/data")
    ]
    return max(majors, default=None)


def refuse_other_major(layout: Layout) -> None:
    """Raise `ConfigurationError` where only another major version's data exist, or the data say they are another's."""
    existing = existing_major(layout.data_dir)
    if existing is not None and not layout.data.exists():
        raise ConfigurationError(
            f"The data in {layout.data_dir} were written by PostgreSQL {existing}, but the programs found here are "
            f"PostgreSQL {layout.major}: set CHATKIT_POSTGRES_BIN_DIR to version {existing}'s programs, or dump with "
            f"them, choose another CHATKIT_DATA_DIR and restore there."
        )
    if layout.data.exists():
        written_by = (layout.data / "PG_VERSION").read_text().strip()
        if written_by != str(layout.major):
            raise ConfigurationError(
                f"{layout.data} should hold data of PostgreSQL {layout.major} but they are of {written_by}: move "
                "them back to where they came from, or choose another CHATKIT_DATA_DIR."
            )


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_BYTES


def _short_temporary_directory(account: Account) -> Path:
    for candidate in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108
        probe = candidate / "chatkit-12345678"
        if _fits(probe) and account.can_reach(probe) and os.access(candidate, os.W_OK):
            return candidate
    raise ConfigurationError(
        "No folder is short enough to hold PostgreSQL's socket and can be entered by its account: "
        "choose a shorter CHATKIT_DATA_DIR, or set TMPDIR to such a folder."
    )
