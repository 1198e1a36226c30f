"""Addresses of files: absolute, signed for one file and one purpose, and good for a while.

Whoever has such an address may use it, without a cookie: the frame that shows a preview has none. Nothing
about the user stands in it.
"""

import hmac
import time
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256

from app.errors import NotFound
from app.ids import AttachmentId

LIFETIME = 3600
"""Seconds that an address is good for at least, and twice as long at most."""


class Purpose(StrEnum):
    """What an address is for."""

    UPLOAD = "upload"
    PREVIEW = "preview"
    CONTENT = "content"


class Addresses:
    """Made once, with the key that all processes of a service share."""

    def __init__(self, secret_key: str, clock: Callable[[], float] = time.time) -> None:
        self._key = hmac.digest(secret_key.encode(), b"chatkit-server addresses of files", "sha256")
        self._clock = clock

    def address(self, base_url: str, attachment_id: AttachmentId, purpose: Purpose) -> str:
        """Return the address of a file; `base_url` is where the server is reached."""
        # The same for an hour, so that a browser keeps a preview and does not load it with every page anew.
        expires = (int(self._clock()) // LIFETIME + 2) * LIFETIME
        signature = self._signature(attachment_id, purpose, expires)
        return f"{plain_address(base_url, attachment_id)}?for={purpose}&until={expires}&signature={signature}"

    def check(self, attachment_id: str, purpose: str, until: str, signature: str) -> int:
        """Return for how many seconds an address is still good; raise `NotFound` if it is not."""
        expires = int(until) if until.isascii() and until.isdecimal() and len(until) <= 12 else 0
        is_ours = hmac.compare_digest(
            self._signature(attachment_id, purpose, expires).encode(), signature.encode("utf-8", "replace")
        )
        left = expires - int(self._clock())
        if not is_ours or left <= 0:
            raise nothing_there()
        return left

    def _signature(self, attachment_id: str, purpose: str, expires: int) -> str:
        signed = "\0".join((attachment_id, purpose, str(expires))).encode("utf-8", "replace")
        return hmac.new(self._key, signed, sha256).hexdigest()


def nothing_there() -> NotFound:
    """Return the one refusal, whatever is wrong with an address or the file it names."""
    return NotFound("This file does not exist, or its address is not valid any more.")


def plain_address(base_url: str, attachment_id: str) -> str:
    """Return the address of a file without a signature, which opens nothing: what may be stored."""
    return f"{base_url}/chatkit/files/{attachment_id}"
