"""Which user ids and roles are taken from claims and headers.

A user id is compared as it is, character by character: nothing is trimmed, folded or normalised, so two that
only look alike are two users. Here is decided which are none at all.
"""

import re
import unicodedata
from typing import TypeGuard

from app.ids import UserId

MAX_LENGTH = 255
"""Characters, as OpenID Connect bounds a subject."""

# Control characters, lone surrogates (no UTF-8, so no text of PostgreSQL), ends of lines and paragraphs.
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})
_GUEST = re.compile(r"guest_[0-9a-f]{32}")


def user_id(value: object) -> UserId | None:
    """Return a user id as it came; None for what is none, the id of a guest among them."""
    if not _is_name(value) or _GUEST.fullmatch(value):
        return None
    return UserId(value)


def roles(values: object) -> frozenset[str] | None:
    """Return the roles in a list; None where it is no list of names.

    What cannot be read may hold a restriction, so nobody is let in with the rest.
    """
    if not isinstance(values, list):
        return None
    names = [value for value in values if _is_name(value)]
    return frozenset(names) if len(names) == len(values) else None


def _is_name(value: object) -> TypeGuard[str]:
    return (
        isinstance(value, str)
        and len(value) <= MAX_LENGTH
        and value.strip() != ""
        and not any(unicodedata.category(character) in _UNFIT for character in value)
    )
