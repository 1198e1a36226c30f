"""What the store raises for what is not there: one exception that our layers and the SDK's both know."""

from chatkit.store import NotFoundError

from app.errors import NotFound


class NotInStore(NotFound, NotFoundError):
    """No such thread, item or attachment for this user; what belongs to another user does not exist."""


def thread_missing() -> NotInStore:
    """Return the error for a thread."""
    return NotInStore("This thread does not exist.")


def item_missing() -> NotInStore:
    """Return the error for an item of a thread."""
    return NotInStore("This item does not exist.")


def attachment_missing() -> NotInStore:
    """Return the error for an attachment."""
    return NotInStore("This attachment does not exist.")
