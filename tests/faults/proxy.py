"""A relay whose network a test controls: slow, narrow, cut, silent. In front of TCP ports and unix sockets.

A silent network holds what is sent, as TCP's own repetitions do, and lets it through when it is back; who has
left meanwhile is not connected any more.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Address = str | tuple[str, int]
"""The path of a unix socket, or host and port."""
Side = Literal["client", "server"]

_CHUNK = 65536
_PIECES_A_SECOND = 20


@dataclass(eq=False)
class Link:
    """One connection through the proxy."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    passed: dict[Side, int] = field(default_factory=lambda: {"client": 0, "server": 0})
    """Bytes that came from each side and went on to the other."""

    def reset(self) -> None:
        """Break both ends off, with RST where the socket knows it."""
        for writer in (self.client, self.server):
            _reset(writer)

    def finish(self) -> None:
        """Close both ends in order, with FIN."""
        for writer in (self.client, self.server):
            writer.close()


class FaultProxy:
    """Relays to `target`. Faults are set by assignment, and hold for old connections and new ones."""

    def __init__(self, target: Address) -> None:
        self.target = target
        self.links: list[Link] = []
        self.delay = 0.0
        """Seconds by which every piece is late."""
        self.bytes_per_second: int | None = None
        self.cut_after: int | None = None
        """Bytes from the server after which a connection is reset."""
        self.half_open = False
        """True to swallow the end of either side, so that the other never learns of it."""
        self.refusing = False
        """True to break off every new connection."""
        self.address: Address = ""
        self._through = asyncio.Event()
        self._through.set()

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        if isinstance(self.address, str):
            raise TypeError("it listens on a unix socket")
        return self.address[1]

    def silence(self) -> None:
        """Let nothing through from now on, without a word to either side."""
        self._through.clear()

    def restore(self) -> None:
        """Be a good network again."""
        self.delay, self.bytes_per_second, self.cut_after = 0.0, None, None
        self.half_open = self.refusing = False
        self._through.set()

    def reset(self) -> None:
        """Break every connection off."""
        for link in list(self.links):
            link.reset()

    def finish(self) -> None:
        """Close every connection in order."""
        for link in list(self.links):
            link.finish()

    async def relay(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        """Serve one client until both sides have ended."""
        await self._through.wait()
        # Not `at_eof`: what it said before it left is still to be read.
        if vars(reader)["_eof"] or client.is_closing():
            client.close()
            return
        if self.refusing:
            _reset(client)
            return
        try:
            answers, server = await _connect(self.target)
        except OSError:
            _reset(client)
            return
        link = Link(client, server)
        self.links.append(link)
        try:
            await asyncio.gather(
                self._pass_on(link, "client", reader, server), self._pass_on(link, "server", answers, client)
            )
        finally:
            self.links.remove(link)
            link.finish()

    async def _pass_on(
        self, link: Link, side: Side, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while data := await reader.read(self._piece()):
                await _later(self._lateness(len(data)))
                await self._through.wait()
                if side == "server" and self.cut_after is not None:
                    data = data[: max(0, self.cut_after - link.passed[side])]
                writer.write(data)
                link.passed[side] += len(data)
                await writer.drain()
                if side == "server" and self.cut_after is not None and link.passed[side] >= self.cut_after:
                    link.reset()
                    return
            await self._through.wait()
            if not self.half_open:
                # Each side ends by itself: who has said all may still be listening.
                writer.write_eof()
        except OSError:
            if not self.half_open:
                link.reset()

    def _piece(self) -> int:
        return max(1, self.bytes_per_second // _PIECES_A_SECOND) if self.bytes_per_second else _CHUNK

    def _lateness(self, size: int) -> float:
        return self.delay + (size / self.bytes_per_second if self.bytes_per_second else 0.0)


@asynccontextmanager
async def fault_proxy(target: Address, listen: Address = ("127.0.0.1", 0)) -> AsyncIterator[FaultProxy]:
    """Listen at `listen` and relay to `target`, which need not be there yet, until the block ends."""
    proxy = FaultProxy(target)
    relays: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(proxy.relay(reader, writer))
        relays.add(task)
        task.add_done_callback(relays.discard)

    if isinstance(listen, str):
        server = await asyncio.start_unix_server(accept, listen)
        proxy.address = listen
    else:
        server = await asyncio.start_server(accept, *listen)
        proxy.address = server.sockets[0].getsockname()[:2]
    try:
        yield proxy
    finally:
        server.close()
        proxy.reset()
        for task in list(relays):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*relays, return_exceptions=True)


async def _connect(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if isinstance(address, str):
        return await asyncio.open_unix_connection(address)
    return await asyncio.open_connection(*address)


async def _later(seconds: float) -> None:
    if seconds:
        loop = asyncio.get_running_loop()
        due = loop.create_future()
        timer = loop.call_later(seconds, due.set_result, None)
        try:
            await due
        finally:
            timer.cancel()


def _reset(writer: asyncio.StreamWriter) -> None:
    peer: socket.socket = writer.get_extra_info("socket")
    with suppress(OSError):
        if peer.family != socket.AF_UNIX:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
