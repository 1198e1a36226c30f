"""Browsers that leave: at one moment of a request or another, in order or not."""

import asyncio
import json
import socket
import struct
from contextlib import suppress
from enum import Enum
from typing import Any
from urllib.parse import urlsplit


class Phase(Enum):
    """How far the client lets it come."""

    BEFORE_BODY = "before the body"
    IN_BODY = "in the body"
    BEFORE_FIRST_BYTE = "before the first byte of the answer"
    IN_STREAM = "in the stream"
    AT_THE_END = "at the end of the stream"


class Leaving(Enum):
    """How it leaves."""

    FIN = "close"
    RST = "reset"


_UNTIL = {Phase.IN_STREAM: b"text_delta", Phase.AT_THE_END: b"\r\n0\r\n\r\n"}


async def abandon(url: str, cookie: str, body: dict[str, Any], phase: Phase, leaving: Leaving) -> bool:
    """Begin a request to `/chatkit`, and leave it in `phase`; say whether it came that far.

    A busy server may refuse it, honestly, before it does. Any other answer fails the test.
    """
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    content = json.dumps(body).encode()
    head = (
        f"POST /chatkit HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookie}\r\nOrigin: {url}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    ).encode()
    sent = {Phase.BEFORE_BODY: b"", Phase.IN_BODY: content[: len(content) // 2]}.get(phase, content)
    writer.write(head + sent)
    await writer.drain()
    try:
        if mark := _UNTIL.get(phase):
            await reader.readuntil(mark)
    except asyncio.IncompleteReadError as error:
        answer = error.partial
        if not answer.startswith(b"HTTP/1.1 503 ") or b"retry-after: " not in answer:
            raise AssertionError(answer) from None
        return False
    finally:
        leave(writer, leaving)
        with suppress(ConnectionError):
            await writer.wait_closed()
    return True


def leave(writer: asyncio.StreamWriter, leaving: Leaving) -> None:
    """End a connection."""
    if leaving is Leaving.RST:
        peer: socket.socket = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    writer.close()
