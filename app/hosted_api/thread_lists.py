"""Threads of all users and their items, read and deleted by who has the key of the server."""

from dataclasses import dataclass
from typing import Any

from app.attachments import Attachments
from app.audit import Action, Actor, Entry, record
from app.chatkit_api.history import History
from app.context import Principal, RequestContext
from app.db.engine import Database
from app.errors import NotFound
from app.hosted_api.list_query import ListQuery, no_such_place
from app.hosted_api.refusals import NoSuchThing, shown
from app.hosted_api.thread_shapes import (
    ITEM_TYPES,
    deletion_object,
    item_object,
    list_object,
    thread_object,
)
from app.ids import ThreadId, UserId
from app.threads import item_ranges, of_all_users
from app.threads.of_all_users import Created, OwnedThread
from app.threads.ranges import Range


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the key of the server, and the request that they make with it."""

    actor: Actor
    request_id: str


@dataclass(frozen=True, slots=True)
class ThreadLists:
    """Made once."""

    database: Database
    history: History
    files: Attachments

    async def list_threads(self, query: ListQuery) -> dict[str, Any]:
        """Return a page of one user's threads, or of all, by creation."""
        wanted = Range(
            query.order,
            query.limit,
            await self._place("after", query.after, query.user_id),
            await self._place("before", query.before, query.user_id),
        )
        part = await of_all_users.load_range(self.database, query.user_id, wanted)
        data = [thread_object(found.thread, found.user_id) for found in part.members]
        return list_object(data, has_more=part.has_more)

    async def retrieve(self, thread_id: str) -> dict[str, Any]:
        """Return a thread."""
        found = await self._find(thread_id)
        return thread_object(found.thread, found.user_id)

    async def list_items(self, thread_id: str, query: ListQuery, by: Holder, base_url: str) -> dict[str, Any]:
        """Return a page of what is stored of a thread and has a hosted form."""
        user_id = (await self._find(thread_id)).user_id
        where = ThreadId(thread_id), user_id
        wanted = Range(
            query.order,
            query.limit,
            await self._item_place("after", query.after, *where),
            await self._item_place("before", query.before, *where),
        )
        part = await item_ranges.load_range(self.database, *where, wanted, ITEM_TYPES)
        await self._record("threads.read", ThreadId(thread_id), user_id, by)
        context = RequestContext(Principal(user_id), by.request_id, base_url=base_url)
        fresh = (self.files.with_fresh_urls(item, context) for item in part.members)
        data = [shape for item in fresh if (shape := item_object(item)) is not None]
        return list_object(data, has_more=part.has_more)

    async def delete(self, thread_id: str, by: Holder) -> dict[str, Any]:
        """Delete a thread with all that hangs off it, in its owner's name."""
        found = await self._find(thread_id)
        # Before it is done, which takes several transactions: better one entry too many than none.
        await self._record("threads.delete", ThreadId(thread_id), found.user_id, by)
        try:
            await self.history.delete(ThreadId(thread_id), found.user_id)
        except NotFound:
            raise _no_such_thread(thread_id) from None
        return deletion_object(thread_id)

    async def _record(self, action: Action, thread_id: ThreadId, user_id: UserId, by: Holder) -> None:
        await record(self.database, by.actor, [Entry(action, user_id, (thread_id,))], by.request_id)

    async def _find(self, thread_id: str) -> OwnedThread:
        found = await of_all_users.find(self.database, ThreadId(thread_id))
        if found is None:
            raise _no_such_thread(thread_id)
        return found

    async def _place(self, param: str, thread_id: str | None, user_id: UserId | None) -> Created | None:
        if thread_id is None:
            return None
        found = await of_all_users.find(self.database, ThreadId(thread_id))
        if found is None or user_id not in (None, found.user_id):
            raise no_such_place(param, thread_id)
        return found.place

    async def _item_place(
        self, param: str, item_id: str | None, thread_id: ThreadId, user_id: UserId
    ) -> int | None:
        if item_id is None:
            return None
        place = await item_ranges.place_of(self.database, thread_id, user_id, item_id)
        if place is None:
            raise no_such_place(param, item_id)
        return place


def _no_such_thread(thread_id: str) -> NoSuchThing:
    return NoSuchThing(f"Chatkit Thread with id '{shown(thread_id)}' not found.", "thread_id")
