"""Follow a list to its end, whatever the API does meanwhile.

Elements may vanish while they are read, the one a cursor points at included; a page may repeat; older shapes
leave fields out. Must not store anything: the caller keeps each page before it asks for the next.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from app.agent_builder.export.pages import Page
from app.agent_builder.export.stopping import Refused

Fetch = Callable[[str | None], Awaitable[Page]]


async def follow(fetch: Fetch, after: str | None, fallbacks: list[str]) -> AsyncIterator[Page]:
    """Yield the pages behind `after` (None: from the first on).

    `fallbacks` are ids before `after`, nearest last, to go on from should `after` have been deleted. The last
    resort is to start over, so elements can come twice. Raises `Refused` if the list cannot be had, or does
    not end.
    """
    used: set[str] = set()
    started_over = False
    while True:
        try:
            page = await fetch(after)
        except Refused as refusal:
            if after is None or started_over or refusal.status not in (400, 404):
                raise
            after = fallbacks.pop() if fallbacks else None
            started_over = after is None
            used.clear()
            continue
        yield page
        if page.is_last:
            return
        cursor = page.cursor
        if not page.elements or cursor is None or cursor in used:
            raise Refused("the list says that there is more but does not go on")
        used.add(cursor)
        after, fallbacks = cursor, fallback_ids([element.id for element in page.elements])


def fallback_ids(ids: Sequence[str | None]) -> list[str]:
    """Choose a few ids to go on from if the last one is gone: the first, the middle, the last but one."""
    known = [found for found in ids if found]
    return [known[at] for at in sorted({0, len(known) // 2, len(known) - 2}) if 0 <= at < len(known) - 1]
