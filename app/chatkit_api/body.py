"""Reading a request body within its limits: never a byte more. How long it may take is `arrival.py`'s.

A recording is larger than any other request. Which operation a body holds is known only once it was parsed,
so one over the ordinary limit has to begin as a dictation does, and to be little else than one long text:
that costs its bytes, and no more to parse than a small one.
"""

import re

from starlette.requests import ClientDisconnect, Request

from app.errors import Malformed, PayloadTooLarge
from app.languages import Sentence

TOO_LARGE: Sentence = "The request is larger than {limit:,} bytes."

_BEGINS_AS_DICTATION = re.compile(rb"""\s*\{\s*"type"\s*:\s*"input\.transcribe"\s*,""")
_MAX_STRUCTURE = 100
"""Commas and opening brackets of a body over the ordinary limit; base64 has none of them."""


async def read_body(request: Request, limit: int, dictation_limit: int | None = None) -> bytes:
    """Return the body, or refuse it at the first byte over its limit, whatever `Content-Length` claims.

    `dictation_limit` is for what looks like a dictation; None where there is none. That it is one is for
    whoever parses it to see.
    """
    largest = max(limit, dictation_limit or 0)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > largest:
        raise PayloadTooLarge(TOO_LARGE, limit=limit)
    chunks = bytearray()
    bound = limit
    try:
        async for chunk in request.stream():
            chunks += chunk
            if len(chunks) > bound and _BEGINS_AS_DICTATION.match(chunks):
                bound = largest
            if len(chunks) > bound:
                raise PayloadTooLarge(TOO_LARGE, limit=limit)
    except ClientDisconnect:
        raise Malformed("The request broke off.") from None
    if len(chunks) > limit and sum(map(chunks.count, (b",", b"[", b"{"))) > _MAX_STRUCTURE:
        raise PayloadTooLarge(TOO_LARGE, limit=limit)
    return bytes(chunks)
