"""The ChatKit SDK's `Store` on Postgres: one method, one statement, one round trip.

Every method acts for the owner in its context and holds a connection for its statement only; all are safe to
call at once for one thread. What they return are copies.
"""

from chatkit.store import Store, StoreItemType
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from typing_extensions import override

from app.context import RequestContext
from app.db.engine import Database
from app.ids import AttachmentId, ItemId, ThreadId, new_id
from app.threads import attachments, item_pages, items, thread_list, threads
from app.threads.paging import parse_order
from app.threads.thread_row import LoadedThread

_PREFIXES: dict[StoreItemType, str] = {
    "thread": "thr",
    "message": "msg",
    "tool_call": "tc",
    "workflow": "wf",
    "task": "tsk",
    "attachment": "atc",
    "sdk_hidden_context": "shcx",
}


class ThreadStore(Store[RequestContext]):
    """Threads, items and attachments of the user in each call's context."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    def generate_thread_id(self, context: RequestContext) -> str:
        """Return a new thread id."""
        return new_id(_PREFIXES["thread"])

    @override
    def generate_item_id(
        self, item_type: StoreItemType, thread: ThreadMetadata, context: RequestContext
    ) -> str:
        """Return a new item id; the SDK's own have 32 bits."""
        return new_id(_PREFIXES[item_type])

    @override
    async def load_thread(self, thread_id: str, context: RequestContext) -> ThreadMetadata:
        """Return a thread, or raise `NotInStore`."""
        return await threads.load(self._database, ThreadId(thread_id), context.user_id)

    @override
    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        """Write of a thread that was loaded here what changed since, of any other the fields that were set.

        A new one is inserted; a loaded one that was deleted meanwhile raises `NotInStore`. Items are ignored.
        """
        if not isinstance(thread, LoadedThread):
            await threads.save(self._database, context.user_id, thread)
            return
        columns = thread.changes()
        await threads.write(self._database, ThreadId(thread.id), context.user_id, columns)
        thread.written(columns)

    @override
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: RequestContext
    ) -> Page[ThreadMetadata]:
        """Return a page of the user's threads by last activity; see `paging` for limits and cursors."""
        return await thread_list.load_page(
            self._database, context.user_id, after=after, limit=limit, order=parse_order(order)
        )

    @override
    async def delete_thread(self, thread_id: str, context: RequestContext) -> None:
        """Delete a thread with all that hangs off it; one that is not there is deleted already."""
        await threads.delete(self._database, ThreadId(thread_id), context.user_id)

    @override
    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Store an item, the same as `save_item`: the SDK adds an item again when it continues it."""
        await self.save_item(thread_id, item, context)

    @override
    async def save_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Store an item: a new one at the end of the thread, one that is there where it stands."""
        await items.save(self._database, ThreadId(thread_id), context.user_id, item)

    @override
    async def load_item(self, thread_id: str, item_id: str, context: RequestContext) -> ThreadItem:
        """Return an item of this thread, or raise `NotInStore`."""
        return await items.load(self._database, ThreadId(thread_id), context.user_id, ItemId(item_id))

    @override
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        """Return a page of a thread's items, hidden ones included: for the server's own use."""
        return await self._page(thread_id, after, limit, order, context, visible_only=False)

    async def load_visible_items(
        self, thread_id: str, after: str | None, limit: int | None, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        """Return a page of the items that may leave the server."""
        return await self._page(thread_id, after, limit, order, context, visible_only=True)

    @override
    async def delete_thread_item(self, thread_id: str, item_id: str, context: RequestContext) -> None:
        """Delete an item of this thread; one that is not there is deleted already."""
        await items.delete(self._database, ThreadId(thread_id), context.user_id, ItemId(item_id))

    @override
    async def save_attachment(self, attachment: Attachment, context: RequestContext) -> None:
        """Store the record of an attachment, or write it anew; its owner never changes."""
        await attachments.save(self._database, context.user_id, attachment)

    @override
    async def load_attachment(self, attachment_id: str, context: RequestContext) -> Attachment:
        """Return the record of an attachment, or raise `NotInStore`."""
        return await attachments.load(self._database, AttachmentId(attachment_id), context.user_id)

    @override
    async def delete_attachment(self, attachment_id: str, context: RequestContext) -> None:
        """Delete the record of an attachment; one that is not there is deleted already."""
        await attachments.delete(self._database, AttachmentId(attachment_id), context.user_id)

    async def _page(
        self,
        thread_id: str,
        after: str | None,
        limit: int | None,
        order: str,
        context: RequestContext,
        *,
        visible_only: bool,
    ) -> Page[ThreadItem]:
        return await item_pages.load_page(
            self._database,
            ThreadId(thread_id),
            context.user_id,
            after=after,
            limit=limit,
            order=parse_order(order),
            visible_only=visible_only,
        )
