"""The operator's key for back-ends: whoever has it acts for every user, on the routes below `/v1/`.

Must never be asked for by what a browser talks to.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from starlette.requests import HTTPConnection

from app.auth.bearer import bearer
from app.errors import Unauthorized


class KeyRefused(Unauthorized):
    """A request to the hosted API's routes without a key of this server. Its developer reads the message."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry_after=None)


class ServerKeys:
    """The keys that are good at the moment: one, or two while one replaces the other."""

    def __init__(self, keys: Sequence[str]) -> None:
        # Hashes have one length, so that comparing takes the same time whatever is sent.
        self._hashes = [sha256(key.encode()).digest() for key in keys]

    def check(self, connection: HTTPConnection) -> str:
        """Return the key that the request carries; raise `KeyRefused` unless it is one of ours."""
        if not self._hashes:
            raise KeyRefused("This server has no key for back-ends: set CHATKIT_SERVER_KEY.")
        given = bearer(connection)
        if given is None:
            raise KeyRefused(
                "You didn't provide an API key. Send the one in CHATKIT_SERVER_KEY in a header: "
                "`Authorization: Bearer YOUR_KEY`."
            )
        hashed = sha256(given.encode("utf-8", "replace")).digest()
        if not any([hmac.compare_digest(hashed, known) for known in self._hashes]):  # noqa: C419
            raise KeyRefused("Incorrect API key provided. It is not the one in CHATKIT_SERVER_KEY.")
        return given
