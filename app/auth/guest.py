"""Guests: a signed cookie per browser stands for a user who never signs in.

On this machine only, unless the operator says that something else keeps strangers away. `Settings` refuses to
listen beyond it; a proxy on this machine that serves the world is noticed by what it says of its clients.
"""

import logging

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import HTTPConnection

from app.auth.identity import Identity, NewCookie
from app.auth.peer import is_on_this_machine
from app.context import Principal
from app.ids import UserId, new_id

logger = logging.getLogger(__name__)

COOKIE = "chatkit_guest"
SECURE_COOKIE = f"__Host-{COOKIE}"
"""Over HTTPS. Browsers take a cookie of this name from the host itself only, so that no neighbour in the
domain can slip a user the cookie of a guest of its own."""
_MAX_AGE = 400 * 24 * 3600  # seconds; browsers keep no cookie for longer


class Guests:
    """Recognises its own cookies; a missing or forged one makes a new guest."""

    def __init__(self, secret_key: str, *, anywhere: bool) -> None:
        self._plain = URLSafeSerializer(secret_key, salt="chatkit-server guest cookie")
        # Signed apart: one that was made without HTTPS, for anybody to plant, is no secure one.
        self._secure = URLSafeSerializer(secret_key, salt="chatkit-server guest cookie over https")
        self._anywhere = anywhere
        self._has_warned = False

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        """Return the guest of this browser, an old one or a new one; None for who may not be a guest."""
        if not self._anywhere and not is_on_this_machine(connection):
            self._warn_once()
            return None
        if connection.url.scheme == "https":
            return self._known_over_https(connection) or self._new(secure=True)
        known = _read(self._plain, connection.cookies.get(COOKIE, ""))
        return Identity(Principal(known), uses_cookie=True) if known else self._new(secure=False)

    def _known_over_https(self, connection: HTTPConnection) -> Identity | None:
        if known := _read(self._secure, connection.cookies.get(SECURE_COOKIE, "")):
            return Identity(Principal(known), uses_cookie=True)
        # Of before there were secure ones.
        if known := _read(self._plain, connection.cookies.get(COOKIE, "")):
            return Identity(Principal(known), self._cookie(known, secure=True), uses_cookie=True)
        return None

    def _new(self, *, secure: bool) -> Identity:
        user_id = UserId(new_id("guest"))
        return Identity(Principal(user_id), self._cookie(user_id, secure=secure), uses_cookie=True)

    def _cookie(self, user_id: UserId, *, secure: bool) -> NewCookie:
        name, signer = (SECURE_COOKIE, self._secure) if secure else (COOKIE, self._plain)
        return NewCookie(name, str(signer.dumps(user_id)), _MAX_AGE, secure=secure)

    def _warn_once(self) -> None:
        if not self._has_warned:
            self._has_warned = True
            logger.warning(
                "guests are for this machine only, and a proxy has passed on one from elsewhere: set up "
                "another way to sign in (docs/signing-in.md), or CHATKIT_GUEST_ANYWHERE=true where strangers "
                "cannot come"
            )


def _read(signer: URLSafeSerializer, cookie: str) -> UserId | None:
    try:
        value = signer.loads(cookie)
    except BadSignature:
        return None
    return UserId(value) if isinstance(value, str) and value else None
