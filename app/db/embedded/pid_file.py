"""PostgreSQL's own `postmaster.pid`: what it says of the server's state, and what it is worth."""

import os
from contextlib import suppress
from pathlib import Path

from app.db.embedded.layout import Layout
from app.errors import ConfigurationError


def ready_pid(layout: Layout) -> int | None:
    """Return the process id of the server that says it accepts connections, alive or not."""
    with suppress(FileNotFoundError, ValueError, IndexError):
        lines = layout.pid_file.read_text().splitlines()
        if lines[-1].strip() == "ready":
            return int(lines[0])
    return None


def is_ready(layout: Layout) -> bool:
    """Say whether a server accepts connections, judging by the pid file and the process that it names."""
    pid = ready_pid(layout)
    if pid is None:
        return False
    works_here = _works_in(pid, layout.data)
    return _is_alive(pid) if works_here is None else works_here


def discard_stale_pid_file(layout: Layout) -> None:
    """Remove the pid file of a server that is gone, whatever process has its number now.

    To be called under the folder's lock, which says that no server of ours is alive. One that somebody
    started by hand is looked for: `ConfigurationError` then says that it must be stopped first. One that
    cannot be seen is left to PostgreSQL, which finds its shared memory.
    """
    with suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(layout.pid_file.read_text().splitlines()[0])
        if _works_in(pid, layout.data):
            raise ConfigurationError(
                f"A PostgreSQL that this server did not start (process {pid}) runs on {layout.data}: stop it."
            )
    layout.pid_file.unlink(missing_ok=True)


def _works_in(pid: int, folder: Path) -> bool | None:
    """Say whether process `pid` has `folder` as its working directory, as every server process does.

    None where it lives but the system does not tell: without `/proc`, or as root without the right to look.
    """
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", folder)
    except PermissionError:
        return None
    except OSError:
        return False if Path("/proc/self/cwd").exists() else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
