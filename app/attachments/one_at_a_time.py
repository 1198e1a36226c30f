"""One upload of a user is weighed at a time, so that the others hold no connection while they wait."""

import asyncio
from weakref import WeakValueDictionary

from app.ids import UserId


class OneAtATime:
    """Locks by user, kept while somebody holds or waits for one."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UserId, asyncio.Lock] = WeakValueDictionary()

    def of(self, user_id: UserId) -> asyncio.Lock:
        """Return the lock of a user; to be held by `async with`."""
        return self._locks.setdefault(user_id, asyncio.Lock())
