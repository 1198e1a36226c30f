"""The hosted API as a deletion needs it: the newest items of a thread, and its deletion.

Failures leave as they do from the API of an export, with the same patience.
"""

import re

from app.agent_builder.export.api import PAGE_SIZE, REQUEST_TIMEOUT, HostedApi
from app.agent_builder.export.pages import Page
from app.agent_builder.export.stopping import Refused

METHODS = ("GET", "DELETE")

_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


class DeletingApi(HostedApi):
    """Deletes what it is told to; whether it may be deleted is not asked here."""

    async def newest_items(self, thread_id: str) -> Page:
        """The last items of a thread, newest first, as many as one answer has."""
        _check(thread_id)
        return await self._patience.send(
            lambda: self._page(self._items, thread_id, order="desc", limit=PAGE_SIZE)
        )

    async def delete_thread(self, thread_id: str) -> str | None:
        """Delete a thread with its items and files; return the id of the request."""
        _check(thread_id)

        async def attempt() -> str | None:
            with self._failures_translated():
                threads = self._client.beta.chatkit.threads.with_raw_response
                answer = await threads.delete(thread_id, timeout=REQUEST_TIMEOUT)
                request_id = answer.headers.get("x-request-id")
                deleted = answer.parse()
            if not deleted.deleted or deleted.id != thread_id:
                raise Refused("the API says that it was not deleted")
            return request_id

        return await self._patience.send(attempt)


def _check(thread_id: str) -> None:
    # An id is part of an address; none that has been seen is of another form.
    if not _ID.fullmatch(thread_id):
        raise Refused("its id is none that can be asked for")
