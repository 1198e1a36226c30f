"""A proxy that gets things wrong, one at a time, as those do that operators find on the web."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MOST_HEAD = 64_000


@dataclass
class Proxy:
    """What it does wrong; without anything it passes all on. It may also be asked as a forward proxy."""

    upstream: str
    tls: ssl.SSLContext | None = None
    buffers: bool = False
    compresses: bool = False
    cuts_after_silence: float | None = None
    drops_of_request: tuple[str, ...] = ()
    drops_of_answer: tuple[str, ...] = ()
    adds_to_request: dict[str, str] = field(default_factory=dict)
    adds_to_answer: tuple[str, ...] = ()
    most_body: int | None = None
    redirects_to: str | None = None
    answers: bytes | None = None
    """Sent in the place of anything of the server's."""
    port: int = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request, and close."""
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *headers = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        method, target, _ = first.split(" ")
        path = target if target.startswith("/") else urlsplit(target)._replace(scheme="", netloc="").geturl()
        sent = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in headers}
        size = int(sent.get("content-length", 0))
        if self.redirects_to is not None:
            return await _plain(writer, f"301 Moved\r\nLocation: {self.redirects_to}{path}", b"")
        if self.most_body is not None and size > self.most_body:
            return await _plain(writer, "413 Request Entity Too Large", b"<html>nginx</html>")
        if self.answers is not None:
            return await _plain(writer, "200 OK", self.answers)
        kept = {name: value for name, value in sent.items() if name not in self.drops_of_request}
        kept |= {**self.adds_to_request, "connection": "close"}
        upstream = urlsplit(self.upstream)
        up, down = await asyncio.open_connection(upstream.hostname, upstream.port)
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in kept.items()), "", ""]
        down.write(
            "\r\n".join(lines).encode("latin-1") + await reader.readexactly(size if size < MOST_HEAD else 0)
        )
        await down.drain()
        try:
            await self._answer(up, writer)
        finally:
            down.close()

    async def _answer(self, up: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        status, *headers = (await up.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        is_chunked = any(line.lower() == "transfer-encoding: chunked" for line in headers)
        is_stream = any(line.lower().startswith("content-type: text/event-stream") for line in headers)
        gone = {*self.drops_of_answer, "transfer-encoding", "connection"}
        gone |= {"content-length"} if self.compresses else set()
        kept = [line for line in headers if line.partition(":")[0].lower() not in gone]
        kept += [*self.adds_to_answer, *(["content-encoding: gzip"] if self.compresses else [])]
        head = "\r\n".join([status, *kept, "connection: close", "", ""]).encode("latin-1")
        pieces = _dechunked(up) if is_chunked else _until_end(up)
        if self.buffers or self.compresses:
            body = b"".join([piece async for piece in pieces])
            writer.write(head + (gzip.compress(body) if self.compresses else body))
            return await writer.drain()
        writer.write(head)
        try:
            while True:
                async with asyncio.timeout(self.cuts_after_silence if is_stream else None):
                    writer.write(await anext(pieces))
                    await writer.drain()
        except (TimeoutError, StopAsyncIteration):
            return None


async def _plain(writer: asyncio.StreamWriter, status: str, body: bytes) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode("latin-1") + body)
    await writer.drain()


async def _dechunked(up: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await up.readline(), 16):
        yield await up.readexactly(size)
        await up.readline()


async def _until_end(up: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await up.read(MOST_HEAD):
        yield piece


@asynccontextmanager
async def running(proxy: Proxy) -> AsyncIterator[Proxy]:
    """Run it on a free port of this machine."""
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=proxy.tls, limit=MOST_HEAD)
    async with server:
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
