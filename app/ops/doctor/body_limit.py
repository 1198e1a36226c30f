"""Whether a proxy lets files through: it is told the size of one, and says no before it has any of it."""

import asyncio
import ssl
from urllib.parse import urlsplit

from app.ops.doctor.findings import Finding
from app.ops.doctor.server import SECONDS, Deployment

WAIT_SECONDS = 2.0
"""How long an answer is waited for. One that does not come says nothing: the body is waited for."""

HEAD = (
    "PUT {path}/chatkit/files/doctor HTTP/1.1\r\n"
    "Host: {host}\r\n"
    "Content-Type: application/octet-stream\r\n"
    "Content-Length: {size}\r\n"
    "Connection: close\r\n\r\n"
)


async def check_body_limit(deployment: Deployment, size: int) -> list[Finding]:
    """Return a finding where a file of `size` bytes is refused by something that is not our server."""
    parts = urlsplit(deployment.url)
    tls: ssl.SSLContext | None = deployment.tls if parts.scheme == "https" else None
    port = parts.port or (443 if tls else 80)
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=tls)
    except OSError:
        # As behind a forward proxy, which is not asked for this.
        return []
    try:
        head = HEAD.format(path=parts.path, host=parts.netloc.rpartition("@")[2], size=size)
        writer.write(head.encode("latin-1"))
        answer = await _head(reader)
    finally:
        writer.transport.abort()
    if b" 413 " not in answer.partition(b"\r\n")[0] or b"\r\nx-request-id:" in answer.lower():
        return []
    return [
        Finding(
            "body-limit",
            f"A proxy refuses a file of {size:,} bytes, which the server would take.",
            f"nginx: client_max_body_size {size // 1_000_000 + 1}m; for /chatkit/files",
        )
    ]


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            return await reader.readuntil(b"\r\n\r\n")
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        return b""
