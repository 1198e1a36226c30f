"""HTTP as no well-behaved client speaks it: bytes on a connection."""

import asyncio
import json
import socket
from dataclasses import dataclass
from typing import Any, Self

from tests.patience import PATIENCE

PIECE = b"10000\r\n" + b"x" * 65536 + b"\r\n"
"""A chunk of a body whose length nobody has said."""


@dataclass
class Connection:
    """One connection to a server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sent: int = 0

    @classmethod
    async def to(cls, url: str) -> Self:
        """Connect."""
        return cls(*await asyncio.open_connection(*_place(url)))

    @classmethod
    async def deaf(cls, url: str) -> Self:
        """Connect, to take next to nothing of what comes."""
        ear = socket.socket()
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        ear.setblocking(False)
        await asyncio.get_running_loop().sock_connect(ear, _place(url))
        connection = cls(*await asyncio.open_connection(sock=ear))
        connection.writer.transport.pause_reading()  # type: ignore[attr-defined]
        return connection

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)
        self.sent += len(data)
        await self.writer.drain()

    async def send_for_ever(self, piece: bytes, most: int) -> None:
        """Send until the server has had enough and breaks off; fail after `most` bytes."""
        try:
            async with asyncio.timeout(PATIENCE):
                while self.sent < most:
                    await self.send(piece)
        except ConnectionError:
            return
        raise AssertionError(f"the server took {self.sent} bytes")

    async def answer(self) -> "Answer":
        """Read an answer that says how long it is."""
        head = await self.head()
        length = int(parsed(head).headers["content-length"])
        async with asyncio.timeout(PATIENCE):
            return parsed(head + await self.reader.readexactly(length))

    async def head(self) -> bytes:
        """Read up to the end of an answer's head."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def closed(self) -> bytes:
        """Wait until the server closes; return what it said."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    def close(self) -> None:
        """Leave."""
        self.writer.transport.abort()


def _place(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: Any


def parsed(data: bytes) -> Answer:
    """Return the answer in `data`."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answer(int(first.split()[1]), headers, json.loads(body) if body else None)
