"""PostgreSQL's own `postmaster.pid`: what it says of the server's state, and what it is worth."""

import os
from contextlib import suppress
from pathlib import Path

from app.db.embedded.layout import Layout
from app.errors import ConfigurationError


def ready_pid(layout: Layout) -> int | None:
    """Return the process id of the server that is alive and says it accepts connections, if there is one."""
    with suppress(FileNotFoundError, ValueError, IndexError):
        lines = layout.pid_file.read_text().splitlines()
        pid = int(lines[0])
        if lines[-1].strip() == "ready" and _lives(pid, layout.data):
            return pid
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


def _lives(pid: int, data: Path) -> bool:
    """Say whether `pid` is a server on `data`, or where the system does not tell, whether it is alive."""
    if Path("/proc/self/cwd").exists():
        return _works_in(pid, data)
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _works_in(pid: int, folder: Path) -> bool:
    """Say whether process `pid` has `folder` as its working directory, as every server process does.

    Where the system does not tell, the answer is no: PostgreSQL itself then finds the other's shared memory.
    """
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", folder)
    except OSError:
        return False
