"""The credential in `Authorization: Bearer …`, which session secrets and tokens share."""

import re

from starlette.requests import HTTPConnection

from app.auth.identity import Identity
from app.auth.refusals import not_signed_in

SESSION_SECRET = "ek_"  # noqa: S105  (what they begin with)
"""A credential that begins like this is a session's, any other is a token."""

_BEARER = re.compile(r"bearer\b", re.IGNORECASE)
_CREDENTIAL = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)


def bearer(connection: HTTPConnection) -> str | None:
    """Return the credential; None where the request has none of this kind.

    Raises `Unauthorized` for one that is none, and for more than one `Authorization`.
    """
    given = connection.headers.getlist("authorization")
    if not any(_BEARER.match(value.lstrip()) for value in given):
        return None
    found = _CREDENTIAL.fullmatch(given[0].strip())
    if len(given) > 1 or found is None:
        raise not_signed_in("malformed bearer credential")
    return found[1]


class UnreadBearer:
    """Stands before the guests: who brings a credential that no mode reads is none of them."""

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        """Return None; raise `Unauthorized` where there is a Bearer credential."""
        if bearer(connection) is not None:
            raise not_signed_in("bearer credential of no mode that is on")
        return None
