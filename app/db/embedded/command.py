"""How a PostgreSQL program is started: as whom, with which files passed on, in which environment."""

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
    """A command line for `subprocess`, with the options it needs."""

    arguments: list[str]
    options: dict[str, Any]


@contextmanager
def prepare(account: Account, lock: FolderLock, data: Path, command: Sequence[str]) -> Iterator[Launch]:
    """Give what starts `command` under `account` with PGDATA naming `data`.

    The process holds `lock` from its first moment, and gets SIGINT when the thread that starts it ends. Use it
    inside the block only.
    """
    inherited = [lock.descriptor]
    name = str(data)
    folder = None
    if not account.can_reach(data):
        # PostgreSQL changes into its data folder by name, and its account cannot walk there. A descriptor, opened
        # by us who can, leads there without a walk.
        folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
        inherited.append(folder)
        name = f"/proc/self/fd/{folder}"
        if sys.platform != "linux":
            os.close(folder)
            raise ConfigurationError(
                f"PostgreSQL's account (user id {account.uid}) cannot enter a folder above {data}: choose another "
                "CHATKIT_DATA_DIR, or start as an ordinary user."
            )
    try:
        identity = [str(os.getpid()), str(account.uid), str(account.gid)]
        yield Launch(
            [sys.executable, "-I", "-S", _LAUNCHER, *identity, *command],
            {
                "pass_fds": inherited,
                "cwd": "/",
                "env": _environment() | {"PGDATA": name},
                # Ctrl-C in a terminal is for the server, which stops PostgreSQL when its own work is done.
                "start_new_session": True,
            },
        )
    finally:
        if folder is not None:
            os.close(folder)


def _environment() -> dict[str, str]:
    # No PG… variable of the caller's may steer this server; messages are read here, so they are English.
    return {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ} | {"LC_ALL": "C"}
