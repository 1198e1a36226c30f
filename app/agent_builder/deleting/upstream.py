"""What a thread has at the other end that the archive does not. Asked right before it is deleted.

The newest items are compared, as many as one answer has: what comes in later stands among them.
"""

from app.agent_builder.deleting.api import DeletingApi
from app.agent_builder.export.pages import Element, line_id, read_line
from app.agent_builder.export.staging import without_previews
from app.agent_builder.export.stopping import Refused
from app.agent_builder.importing.saved import SavedThread, SavedThreads

NEWER = "there are items that the archive does not have: run `export --delta`, `import` and `verify`"
CHANGED = "an item has changed since it was saved: run `export`, `import` and `verify`"
DAMAGED = "it is damaged in the archive"
NOT_FOUND = 404


class Gone(Exception):
    """There is no such thread any more."""


async def check(api: DeletingApi, saved: SavedThreads, thread: SavedThread) -> None:
    """Raise `Refused` with why a thread must stay, or `Gone`."""
    items = saved.items(thread)
    if items is None:
        raise Refused(DAMAGED)
    try:
        page = await api.newest_items(thread.id)
    except Refused as refusal:
        if refusal.status == NOT_FOUND:
            raise Gone from None
        raise
    lines = [text.encode() for text in items.texts]
    by_id = {found: line for line in lines if (found := line_id(line))}
    for element in page.elements:
        known = element.line if element.id is None and element.line in lines else by_id.get(element.id or "")
        if known is None:
            raise Refused(NEWER)
        if not _is_same(known, element):
            raise Refused(CHANGED)


def _is_same(saved: bytes, found: Element) -> bool:
    # Addresses of previews are signed anew at every read.
    return saved == found.line or without_previews(read_line(saved)) == without_previews(found.value)
