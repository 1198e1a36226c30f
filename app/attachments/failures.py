"""What is said when the disk or the object storage fails: no room, or not now."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import NotFound, StorageFull, Unavailable

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@contextmanager
def storage_failures_refused(*, reading: bool = False) -> Iterator[None]:
    """Raise `StorageFull` or `Unavailable` in place of what a disk or object storage raises.

    What is not there is `NotFound` where it is read; where it is written to, a folder or bucket is missing.
    """
    try:
        yield
    except Exception as error:
        if reading and isinstance(error, FileNotFoundError):
            raise NotFound("This attachment does not exist.") from None
        if not isinstance(error, OSError) and type(error).__module__.split(".")[0] != "obstore":
            raise
        logger.warning("file storage failed", extra={"reason": type(error).__name__}, exc_info=True)
        if _is_full(error):
            raise StorageFull("The server has no room for files at the moment.") from error
        raise Unavailable(
            "Files are not available right now; please try again.", retry_after=RETRY_AFTER_SECONDS
        ) from error


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    # obstore has the operating system's reason in its message only.
    return any(f"os error {number}" in str(error) for number in _NO_ROOM)
