"""A program run between us and PostgreSQL: it gives up root, ties its life to its parent's, and becomes it.

    python -I -S launcher.py PARENT UID GID PROGRAM [ARGUMENT...]

Run as a file and importing nothing of this package, so that it starts in milliseconds; a program rather than
a `preexec_fn`, because code between fork and exec may deadlock in a process with threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, uid: int, gid: int, command: list[str]) -> None:
    """Become `command` as `uid`, to be interrupted (a fast shutdown) when the thread that started it ends."""
    # Loaded before the change of identity: libraries may lie where only root can read.
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    if libc is not None:
        # After the change of identity, which clears it.
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            sys.exit("the parent process ended before PostgreSQL started")
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
    except OSError as problem:
        sys.exit(f"cannot start {sys.argv[4]} as user id {sys.argv[2]}: {problem.strerror}")
