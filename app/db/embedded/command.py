"""How a PostgreSQL program is started: as whom, with what passed on to it, in which environment."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.db.embedded.account import Account
from app.db.embedded.lock import FolderLock
from app.errors import ConfigurationError

_LAUNCHER = str(Path(__file__).with_name("launcher.py"))
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "TZDIR")


@dataclass(frozen=True, slots=True)
class Launch:
    """Arguments and options for `subprocess`."""

    arguments: list[str]
    options: dict[str, Any]


@contextmanager
def prepare(account: Account, lock: FolderLock, data: Path, command: Sequence[str]) -> Iterator[Launch]:
    """Yield what starts `command` as `account`, with PGDATA naming `data`; of use inside the block only.

    The process holds `lock` from its first moment, and gets SIGINT when the thread that starts it ends.
    """
    with _named_for(account, data) as (name, descriptors):
        identity = [str(os.getpid()), str(account.uid), str(account.gid)]
        yield Launch(
            [sys.executable, "-I", "-S", _LAUNCHER, *identity, *command],
            {
                "pass_fds": [lock.descriptor, *descriptors],
                "cwd": "/",
                "env": _environment() | {"PGDATA": name},
                # Ctrl-C in a terminal is for us: PostgreSQL is stopped when our own work is done.
                "start_new_session": True,
            },
        )


@contextmanager
def _named_for(account: Account, folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Yield a name by which `account` can change into `folder`, and the descriptors it needs for that."""
    if account.can_reach(folder):
        yield str(folder), []
        return
    if sys.platform != "linux":
        raise ConfigurationError(
            f"PostgreSQL's account (user id {account.uid}) cannot enter a folder above {folder}: choose "
            "another with CHATKIT_DATA_DIR, or start as an ordinary user."
        )
    # PostgreSQL insists on a name, and its account cannot walk there as we can (root's own folders are
    # usually closed). A descriptor is a way that needs no walk, and Linux gives it a name.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", [descriptor]
    finally:
        os.close(descriptor)


def _environment() -> dict[str, str]:
    # None of the caller's PG… variables may steer this server; its messages are read here, so they are
    # English.
    return {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ} | {"LC_ALL": "C"}
