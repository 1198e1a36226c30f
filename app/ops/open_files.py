"""How many files this process may have open, connections among them."""

import logging
import sys

logger = logging.getLogger(__name__)

BESIDE = 300
"""Files besides connections of clients: the database, providers, uploads, the page."""


def room_for(connections: int) -> int:
    """Raise this process' limit as far as `connections` need; return for how many there is room."""
    if sys.platform == "win32":
        return connections
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + BESIDE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    room = max(1, soft - BESIDE)
    logger.warning(
        "fewer connections than CHATKIT_MAX_CONNECTIONS, as this process may open no more files",
        extra={"connections": room},
    )
    return room
