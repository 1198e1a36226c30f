"""Who asks: the columns of the matrix, and what each is answered.

A new way to sign in, or a role that means something to the server, without an identity here fails
`test_identities.py`.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import jwt

from app.auth import permissions
from app.auth.guest import COOKIE
from app.auth.permissions import READ_ONLY, Access
from app.settings import AuthMode
from tests.access.asking import CONVERSATION, HOSTED, Request, Route
from tests.access.things import Things
from tests.auth.issuer import AUDIENCE, ISSUER, SECRET
from tests.auth.issuer import claims as given
from tests.serving import ChatKitClient
from tests.sessions.backend import KEY

ANN, BOB = "ann-whose-things-are-asked-for", "bob-who-asks-for-them"

WAYS_IN: Mapping[str, Any] = {
    "auth": ("session", "jwt", "proxy", "guest"),
    "server_key": KEY,
    "jwt_key": SECRET,
    "jwt_issuer": ISSUER,
    "jwt_audience": (AUDIENCE,),
    "jwt_algorithms": ("HS256",),
    "jwt_roles_claim": "roles",
    "proxy_user_header": "X-Forwarded-User",
    "trusted_proxies": ("127.0.0.1/32",),
}
"""Settings of a server that lets all of them in."""


class Verdict(Enum):
    """What an identity is answered that asks for what is not theirs."""

    AS_NOTHING = auto()
    """What it would be for something that does not exist, byte by byte."""
    UNKNOWN = auto()
    """401, whatever it asks for."""
    FORBIDDEN = auto()
    """403, whatever it asks for."""
    OPENS = auto()
    """What it is there for: everybody's."""


@dataclass(frozen=True)
class Identity:
    """Somebody who asks."""

    mode: AuthMode | None
    """How they sign in; None for a key that signs nobody in."""
    headers: Mapping[str, str] = field(default_factory=dict)
    session_of: str | None = None
    """Whose client secret they have."""
    is_known: bool = True
    """Whether their credential is good."""
    role: str | None = None

    def verdict(self, request: Request) -> Verdict:
        """Return what they are answered to a row of the matrix."""
        needs = _needs(request)
        if needs is None:
            return Verdict.AS_NOTHING
        if needs is _KEY and self.mode is None:
            return Verdict.OPENS
        if not self.is_known or needs is _KEY or (needs is _SESSION and self.mode != "session"):
            return Verdict.UNKNOWN
        if self.role == READ_ONLY and needs is Access.WRITES:
            return Verdict.FORBIDDEN
        return Verdict.AS_NOTHING


_KEY, _SESSION = object(), object()
"""What some routes ask for, where others ask for somebody who has signed in."""


def _needs(request: Request) -> object:
    """Return what a row asks for: an `Access`, one of the above, or None for a signed address."""
    if request.operation:
        return permissions.OPERATIONS[request.operation]
    route: Route = request.template
    if route.route == CONVERSATION:
        return _SESSION
    if access := permissions.ROUTES.get(f"{route.method} {route.route}"):
        return access
    return _KEY if route.route.startswith(HOSTED) else None


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def signed(user: str, **claims: Any) -> dict[str, str]:
    """Return what somebody with a token of our issuer sends."""
    late = int(time.time()) + 86_400
    return bearer(jwt.encode(given(**{"sub": user, "exp": late, **claims}), SECRET, "HS256"))


IDENTITIES: Mapping[str, Identity] = {
    "other user": Identity("jwt", signed(BOB)),
    "no cookie": Identity("guest"),
    "forged cookie": Identity("guest", {"cookie": f"{COOKIE}=Imd1ZXN0XzAxIg.AAAAAAAAAAAAAAAAAAAAAAAAAAA"}),
    "admin role": Identity("jwt", signed("eve", roles=["admin"]), role="admin"),
    "read-only": Identity("jwt", signed("rita", roles=[READ_ONLY]), role=READ_ONLY),
    "user of a proxy": Identity("proxy", {"x-forwarded-user": "paul"}),
    "user of a session": Identity("session", session_of="sue"),
    "expired token": Identity("jwt", signed(ANN, exp=1_700_000_000), is_known=False),
    "wrong audience": Identity("jwt", signed(ANN, aud="https://elsewhere.example"), is_known=False),
    "cancelled session": Identity("session", session_of=ANN, is_known=False),
    "key of the server": Identity(None, bearer(KEY), is_known=False),
}
"""Of the unknown ones those that would be Ann herself, were their credential good."""


@dataclass(frozen=True)
class Stranger:
    """Somebody who asks for what is another's, at a server."""

    name: str
    client: ChatKitClient
    own: Things | None = None
    """What they have themselves; None for those who have nothing."""
