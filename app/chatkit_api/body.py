"""Reading a request body within its limits: never more bytes, never longer than allowed."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from app.errors import Malformed, PayloadTooLarge

DEADLINE_SECONDS = 30.0


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body, or refuse it at the first byte over `limit`, whatever `Content-Length` claims."""
    too_large = PayloadTooLarge("The request is larger than {limit:,} bytes.", limit=limit)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large
    chunks = bytearray()
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            async for chunk in request.stream():
                chunks += chunk
                if len(chunks) > limit:
                    raise too_large
    except TimeoutError:
        raise Malformed("The request took too long to arrive.") from None
    except ClientDisconnect:
        raise Malformed("The request broke off.") from None
    return bytes(chunks)
