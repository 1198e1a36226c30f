"""Become a command that ends when its parent does: `python tools/attached.py COMMAND [ARGUMENT…]`.

`make serve` starts the server through this, because make hands SIGINT and SIGTERM on but cannot hand on its
own `kill -9`, and would then leave a server and its database behind. Linux only; elsewhere it just becomes
the command.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(command: list[str]) -> None:
    """Ask for SIGTERM at the parent's death, which survives exec, and become the command; does not return."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("The parent ended before the server began.")
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
