"""The operations that answer at once: reading, listing, renaming, deleting, voting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

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

from app.attachments import Attachments
from app.attachments.collecting import Collector
from app.chatkit_api.earlier_threads import EarlierThreads
from app.chatkit_api.parsing import MAX_FEEDBACK_ITEMS, check_title
from app.context import RequestContext
from app.db.engine import Database
from app.errors import Malformed
from app.ids import ItemId, ThreadId, UserId
from app.threads import feedback, thread_list, threads
from app.threads.errors import thread_missing
from app.threads.paging import parse_order
from app.threads.store import ThreadStore
from app.turns.finding import Snapshot, Turns, snapshot_of
from app.turns.publishing import without_items

FIRST_PAGE = 20


READS = 5
"""How often a page is read again because the running turn has changed it meanwhile."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """An answer, and the place in the running turn's events that it stands for; those after continue it."""

    answer: T
    place: str | None


@dataclass(frozen=True, slots=True)
class History:
    """Reads and changes what is stored, for its owner only."""

    database: Database
    store: ThreadStore
    turns: Turns
    files: Attachments
    collector: Collector
    earlier: EarlierThreads

    async def get_thread(self, request: ThreadsGetByIdReq, context: RequestContext) -> Placed[Thread]:
        """Return a thread with its oldest items, as the SDK does, what is being written among them."""
        thread_id = request.params.thread_id
        thread = await self.store.load_thread(thread_id, context)
        await self.earlier.check_opening(ThreadId(thread_id), context)
        page = await self._page(thread_id, None, FIRST_PAGE, "asc", context)
        return Placed(without_items(thread).model_copy(update={"items": page.answer}), page.place)

    async def list_threads(self, request: ThreadsListReq, context: RequestContext) -> Page[Thread]:
        """Return a page of the caller's threads, newest activity first unless asked otherwise."""
        params = request.params
        page = await thread_list.load_page(
            self.database,
            context.user_id,
            after=params.after,
            limit=params.limit or FIRST_PAGE,
            order=parse_order(params.order),
            newest=self.earlier.listed(context),
        )
        data = [without_items(thread) for thread in page.data]
        return Page[Thread](data=data, has_more=page.has_more, after=page.after)

    async def list_items(self, request: ItemsListReq, context: RequestContext) -> Placed[Page[ThreadItem]]:
        """Return a page of a thread's visible items, what is being written among them."""
        params = request.params
        await self.earlier.check_opening(ThreadId(params.thread_id), context)
        limit = params.limit or FIRST_PAGE
        return await self._page(params.thread_id, params.after, limit, params.order, context)

    async def rename(self, request: ThreadsUpdateReq, context: RequestContext) -> Thread:
        """Write the title and nothing else; a running turn keeps it."""
        thread_id, title = ThreadId(request.params.thread_id), check_title(request.params.title)
        await threads.set_title(self.database, thread_id, context.user_id, title)
        if turn := self.turns.runner.find(thread_id, context.user_id):
            turn.retitle(title)
        return without_items(await self.store.load_thread(thread_id, context))

    async def delete_thread(self, request: ThreadsDeleteReq, context: RequestContext) -> None:
        """Delete a thread of the caller's."""
        await self.delete(ThreadId(request.params.thread_id), context.user_id)

    async def delete(self, thread_id: ThreadId, user_id: UserId) -> None:
        """Delete a thread with all that hangs off it; a turn that runs on it is stopped first.

        The bytes of its files go soon after their records. Raise `NotInStore` where there is none (any more).
        """
        await threads.load(self.database, thread_id, user_id)
        await self.turns.cancel(thread_id, user_id)
        if not await threads.delete(self.database, thread_id, user_id):
            raise thread_missing()
        self.collector.soon()

    async def vote(self, request: ItemsFeedbackReq, context: RequestContext) -> None:
        """Record a vote on items that the caller can see; the last vote counts."""
        params = request.params
        if len(params.item_ids) > MAX_FEEDBACK_ITEMS:
            raise Malformed("At most {limit} items can be voted on at once.", limit=MAX_FEEDBACK_ITEMS)
        item_ids = [ItemId(item_id) for item_id in params.item_ids]
        async with self.database.transaction() as connection:
            await feedback.vote(
                connection, ThreadId(params.thread_id), context.user_id, item_ids, params.kind
            )

    async def _page(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Placed[Page[ThreadItem]]:
        page, snapshot = await self._consistent(thread_id, after, limit, order, context)
        page = page.model_copy(update={"data": self._fresh(page.data, context)})
        if snapshot is None:
            return Placed(page, None)
        known = {item.id for item in page.data}
        open_items = [item for item in snapshot.items if item.id not in known]
        if order == "desc":
            is_at_the_end = after is None
            data = [*reversed(open_items), *page.data]
        else:
            is_at_the_end = not page.has_more
            data = [*page.data, *open_items]
        return Placed(
            page.model_copy(update={"data": data}) if is_at_the_end else page,
            f"{snapshot.turn_id}:{snapshot.position}",
        )

    def _fresh(self, items: Sequence[ThreadItem], context: RequestContext) -> list[ThreadItem]:
        return [self.files.with_fresh_urls(item, context) for item in items]

    async def _consistent(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> tuple[Page[ThreadItem], Snapshot | None]:
        """Return a page, and what is open of the running turn at the same moment."""
        where = ThreadId(thread_id), context.user_id
        for _ in range(READS):
            turn = self.turns.runner.find(*where)
            # Of a turn elsewhere the snapshot comes first: what ends in between is in the page, whole.
            elsewhere = await self.turns.snapshot(*where) if turn is None else None
            before = turn.stored_changes if turn else 0
            page = await self.store.load_visible_items(thread_id, after, limit, order, context)
            if turn is None and self.turns.runner.find(*where) is None:
                return page, elsewhere
            if turn is not None and turn.stored_changes == before and not turn.log.closed:
                return page, snapshot_of(turn)
        return page, None
