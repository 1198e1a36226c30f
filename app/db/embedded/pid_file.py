"""PostgreSQL's own `postmaster.pid`: what it says of the server's state, and what it is worth."""

import os
from contextlib import suppress
from pathlib import Path

from app.db.embedded.layout import Layout
from app.errors import ConfigurationError


def ready_pid(pid_file: Path) -> int | None:
    """Return the process id of the server that says it accepts connections, if one does.

    Whether that is still true, only the folder's lock tells: a killed server leaves its file behind.
    """
    with suppress(FileNotFoundError, ValueError, IndexError):
        lines = pid_file.read_text().splitlines()
        if lines[-1].strip() == "ready":
            return int(lines[0])
    return None


def discard_stale_pid_file(layout: Layout) -> None:
    """Remove the pid file of a server that is gone, whatever process has its number now.

    To be called under the folder's lock, which says that no server of ours is alive. One that somebody
    started by hand is looked for: `ConfigurationError` then says that it must be stopped first.
    """
    with suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(layout.pid_file.read_text().splitlines()[0])
        if _works_in(pid, layout.data):
            raise ConfigurationError(
                f"A PostgreSQL that this server did not start (process {pid}) runs on {layout.data}: stop it."
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
