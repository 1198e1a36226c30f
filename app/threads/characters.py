"""Which text Postgres can hold, and what is done with the rest.

`text` and `jsonb` refuse NUL, and a lone surrogate has no UTF-8 form.
"""

from app.errors import Malformed

MAX_ID_BYTES = 512
"""Three ids of this size still fit one entry of a b-tree index."""


def storable_text(text: str) -> str:
    """Return `text` without NUL characters and with "?" for every lone surrogate."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def lookup_key(identifier: str) -> str:
    """Return `identifier` as it can be compared in a statement.

    Nothing is stored under an id that cannot be stored; the empty id, which `storable_id` refuses, stands for
    all of them, so that they are looked up, and not found, like any other.
    """
    return identifier if _is_storable(identifier) else ""


def storable_id(identifier: str) -> str:
    """Return `identifier` if a row may be stored under it; raise `Malformed` otherwise."""
    if identifier and _is_storable(identifier) and len(identifier.encode()) <= MAX_ID_BYTES:
        return identifier
    raise Malformed("An id must be 1 to {limit} bytes of text without NUL characters.", limit=MAX_ID_BYTES)


def _is_storable(text: str) -> bool:
    return text == storable_text(text)
