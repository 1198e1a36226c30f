"""The operations that answer at once: reading, listing, renaming, deleting, voting."""

from dataclasses import dataclass

from chatkit.types import (
    ItemsFeedbackReq,
    ItemsListReq,
    Page,
    Thread,
    ThreadItem,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    ThreadsUpdateReq,
)

from app.chatkit_api.parsing import MAX_FEEDBACK_ITEMS, check_title
from app.context import RequestContext
from app.db.engine import Database
from app.errors import BadRequest
from app.ids import ItemId, ThreadId
from app.threads import feedback, threads
from app.threads.store import ThreadStore
from app.turns.publishing import without_items
from app.turns.runner import TurnRunner

FIRST_PAGE = 20


@dataclass(frozen=True, slots=True)
class History:
    """Reads and changes what is stored, for its owner only."""

    database: Database
    store: ThreadStore
    runner: TurnRunner

    async def get_thread(self, request: ThreadsGetByIdReq, context: RequestContext) -> Thread:
        """Return a thread with its oldest items, as the SDK does."""
        thread_id = request.params.thread_id
        thread = await self.store.load_thread(thread_id, context)
        page = await self.store.load_visible_items(thread_id, None, FIRST_PAGE, "asc", context)
        return without_items(thread).model_copy(update={"items": page})

    async def list_threads(self, request: ThreadsListReq, context: RequestContext) -> Page[Thread]:
        """Return a page of the caller's threads, newest activity first unless asked otherwise."""
        params = request.params
        page = await self.store.load_threads(params.limit or FIRST_PAGE, params.after, params.order, context)
        data = [without_items(thread) for thread in page.data]
        return Page[Thread](data=data, has_more=page.has_more, after=page.after)

    async def list_items(self, request: ItemsListReq, context: RequestContext) -> Page[ThreadItem]:
        """Return a page of a thread's visible items."""
        params = request.params
        return await self.store.load_visible_items(
            params.thread_id, params.after, params.limit or FIRST_PAGE, params.order, context
        )

    async def rename(self, request: ThreadsUpdateReq, context: RequestContext) -> Thread:
        """Write the title and nothing else; a running turn keeps it."""
        thread_id, title = ThreadId(request.params.thread_id), check_title(request.params.title)
        async with self.database.autocommit() as connection:
            await threads.set_title(connection, thread_id, context.user_id, title)
        if turn := self.runner.find(thread_id):
            turn.retitle(title)
        return without_items(await self.store.load_thread(thread_id, context))

    async def delete_thread(self, request: ThreadsDeleteReq, context: RequestContext) -> None:
        """Delete a thread with all that hangs off it; a turn that runs on it is stopped first."""
        thread_id = ThreadId(request.params.thread_id)
        await self.store.load_thread(thread_id, context)
        await self.runner.cancel(thread_id)
        await self.store.delete_thread(thread_id, context)

    async def vote(self, request: ItemsFeedbackReq, context: RequestContext) -> None:
        """Record a vote on items that the caller can see; the last vote counts."""
        params = request.params
        if len(params.item_ids) > MAX_FEEDBACK_ITEMS:
            raise BadRequest(f"At most {MAX_FEEDBACK_ITEMS} items can be voted on at once.")
        item_ids = [ItemId(item_id) for item_id in params.item_ids]
        async with self.database.transaction() as connection:
            await feedback.vote(
                connection, ThreadId(params.thread_id), context.user_id, item_ids, params.kind
            )
