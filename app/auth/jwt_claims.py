"""The claims of a verified token → who the user is, and which roles they have."""

from collections.abc import Mapping
from typing import Any

from app.auth.jwt_rules import TokenRules
from app.auth.names import roles, user_id
from app.context import Principal


def principal_of(claims: Mapping[str, Any], rules: TokenRules) -> Principal | None:
    """Return the principal; None where the token names no user, or roles that cannot be read."""
    user = user_id(claim(claims, rules.user_claim))
    granted = claim(claims, rules.roles_claim) if rules.roles_claim else None
    if isinstance(granted, str):
        # As `scope` has it (RFC 8693).
        granted = granted.split()
    known = roles([] if granted is None else granted)
    return None if user is None or known is None else Principal(user, known)


def claim(claims: Mapping[str, Any], path: str) -> object:
    """Return the claim at a dotted path, `realm_access.roles`; None where there is none.

    A name may hold dots itself, as `https://shop.example/roles` does: the longest name that is there counts.
    """
    if path in claims:
        return claims[path]
    for end in range(len(path) - 1, 0, -1):
        inner = claims.get(path[:end]) if path[end] == "." else None
        if isinstance(inner, dict):
            return claim(inner, path[end + 1 :])
    return None
