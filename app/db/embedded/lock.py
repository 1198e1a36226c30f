"""The lock on a data folder: whoever holds it, or a process that inherited it, has PostgreSQL running there.

Taken with flock(2) on a file and passed on to the server process. It is therefore held exactly until the last
of parent, server and their children is gone, however they went; unlike a pid file it cannot be stale.
"""

import fcntl
import os
from pathlib import Path
from typing import Self


class FolderLock:
    """A held lock."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        """To be inherited by every process that touches the data."""

    @classmethod
    def try_acquire(cls, path: Path) -> Self | None:
        """Take the lock on the file `path`, made where missing; return None while another holds it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError:
            os.close(descriptor)
            raise
        return cls(descriptor)

    def release(self) -> None:
        """Give it back; may be called again."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
