"""The network between a browser and the server, which a test can cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Line:
    """Passes bytes on, as long as it is up."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        assert parts.hostname is not None
        assert parts.port is not None
        self.url = ""
        self.is_up = True
        self._target = (parts.hostname, parts.port)
        self._connections: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Break every connection there is; new ones can be made."""
        for writer in self._connections:
            writer.transport.abort()

    def go_down(self) -> None:
        """Break every connection, and each new one as well."""
        self.is_up = False
        self.cut()

    def come_up(self) -> None:
        """Let connections through again."""
        self.is_up = True

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the browser's."""
        if not self.is_up:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        ends = {writer, far_writer}
        self._connections |= ends
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pass_on(reader, far_writer))
                group.create_task(_pass_on(far_reader, writer))
        finally:
            self._connections -= ends


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    """Lay a line to the server at `url`."""
    line = Line(url)
    listener = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    line.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        line.go_down()
        listener.close()
        await listener.wait_closed()
