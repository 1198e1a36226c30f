"""Guests: a signed cookie per browser stands for a user who never signs in.

Only for servers that nothing but this machine can reach; `Settings` refuses it elsewhere.
"""

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import HTTPConnection

from app.auth.identity import Identity, NewCookie
from app.context import Principal
from app.ids import UserId, new_id

COOKIE = "chatkit_guest"
_MAX_AGE = 400 * 24 * 3600  # seconds; browsers keep no cookie for longer


class Guests:
    """Recognises its own cookies; a missing or forged one makes a new guest."""

    def __init__(self, secret_key: str) -> None:
        self._signer = URLSafeSerializer(secret_key, salt="chatkit-server guest cookie")

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        """Return the guest of this browser; never None, as everyone may be a guest."""
        if user_id := self._read(connection.cookies.get(COOKIE, "")):
            return Identity(Principal(user_id), uses_cookie=True)
        user_id = UserId(new_id("guest"))
        cookie = NewCookie(
            COOKIE, str(self._signer.dumps(user_id)), _MAX_AGE, secure=connection.url.scheme == "https"
        )
        return Identity(Principal(user_id), cookie, uses_cookie=True)

    def _read(self, cookie: str) -> UserId | None:
        try:
            value = self._signer.loads(cookie)
        except BadSignature:
            return None
        return UserId(value) if isinstance(value, str) and value else None
