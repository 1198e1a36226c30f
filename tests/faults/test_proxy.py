"""The fault proxy itself: each fault is what it says, for both kinds of socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.proxy import Address, FaultProxy, fault_proxy
from tests.patience import PATIENCE

A_MOMENT = 0.05
"""How long silence is listened to."""


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """A server that sends back what it gets, and knows which of its clients have ended."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        self.ended.set()
        writer.close()


@pytest.fixture
async def echo() -> Echo:
    return Echo()


@pytest.fixture(params=["tcp", "unix"])
async def proxy(request: pytest.FixtureRequest, tmp_path: Path, echo: Echo) -> AsyncIterator[FaultProxy]:
    target: Address
    listen: Address
    if request.param == "unix":
        target, listen = str(tmp_path / "target"), str(tmp_path / "proxy")
        server = await asyncio.start_unix_server(echo.serve, target)
    else:
        server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
        target, listen = server.sockets[0].getsockname()[:2], ("127.0.0.1", 0)
    async with fault_proxy(target, listen) as proxy:
        yield proxy
    server.close()


@asynccontextmanager
async def connected(proxy: FaultProxy) -> AsyncIterator[Connection]:
    address = proxy.address
    reader, writer = await (
        asyncio.open_unix_connection(address)
        if isinstance(address, str)
        else asyncio.open_connection(*address)
    )
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
async def connection(proxy: FaultProxy) -> AsyncIterator[Connection]:
    async with connected(proxy) as connection:
        yield connection


async def echoed(connection: Connection, data: bytes) -> bytes:
    """Send `data` and return what comes back of it."""
    reader, writer = connection
    writer.write(data)
    async with asyncio.timeout(PATIENCE):
        return await reader.readexactly(len(data))


async def is_silent(connection: Connection) -> bool:
    """Say whether nothing comes for a moment."""
    try:
        async with asyncio.timeout(A_MOMENT):
            return not await connection[0].read(1)
    except TimeoutError:
        return True


async def test_a_good_network_passes_everything_on(connection: Connection) -> None:
    data = bytes(range(256)) * 4096
    assert await echoed(connection, data) == data


async def test_the_end_of_one_side_reaches_the_other(connection: Connection, echo: Echo) -> None:
    await echoed(connection, b"x")
    connection[1].write_eof()
    async with asyncio.timeout(PATIENCE):
        assert await connection[0].read() == b""
    assert echo.ended.is_set()


async def test_a_delay_makes_every_piece_late(proxy: FaultProxy, connection: Connection) -> None:
    await echoed(connection, b"x")
    proxy.delay = 0.1
    began = asyncio.get_running_loop().time()
    await echoed(connection, b"x")
    assert asyncio.get_running_loop().time() - began >= 0.2


async def test_a_narrow_network_takes_its_time(proxy: FaultProxy, connection: Connection) -> None:
    proxy.bytes_per_second = 10_000
    # The piece it waits for was still asked for at full width.
    await echoed(connection, b"x")
    began = asyncio.get_running_loop().time()
    await echoed(connection, b"x" * 2_000)
    assert asyncio.get_running_loop().time() - began >= 0.2


async def test_a_cut_lets_exactly_so_many_bytes_through(proxy: FaultProxy, connection: Connection) -> None:
    proxy.cut_after = 10
    reader, writer = connection
    writer.write(b"x" * 100)
    received = b""
    async with asyncio.timeout(PATIENCE):
        try:
            while data := await reader.read(1):
                received += data
        except ConnectionResetError:
            pass
    # A reset may overtake what was sent before it.
    assert len(received) <= 10


async def test_a_reset_breaks_both_sides_off(proxy: FaultProxy, connection: Connection, echo: Echo) -> None:
    await echoed(connection, b"x")
    proxy.reset()
    async with asyncio.timeout(PATIENCE):
        with suppress(ConnectionResetError):
            assert await connection[0].read() == b""
        await echo.ended.wait()
    async with connected(proxy) as another:
        assert await echoed(another, b"again") == b"again"


async def test_a_close_is_an_orderly_end_for_both_sides(
    proxy: FaultProxy, connection: Connection, echo: Echo
) -> None:
    await echoed(connection, b"x")
    proxy.finish()
    async with asyncio.timeout(PATIENCE):
        assert await connection[0].read() == b""
        await echo.ended.wait()


async def test_a_silent_network_says_nothing_and_loses_nothing(
    proxy: FaultProxy, connection: Connection
) -> None:
    await echoed(connection, b"x")
    proxy.silence()
    connection[1].write(b"held")
    assert await is_silent(connection)
    proxy.restore()
    async with asyncio.timeout(PATIENCE):
        assert await connection[0].readexactly(4) == b"held"


async def test_who_left_a_silent_network_is_not_connected_later(proxy: FaultProxy, echo: Echo) -> None:
    proxy.silence()
    async with connected(proxy) as leaving:
        leaving[1].write(b"never heard")
    async with connected(proxy) as staying:
        assert await is_silent(staying)
        proxy.restore()
        assert await echoed(staying, b"x") == b"x"
    assert echo.connections == 1


async def test_behind_a_half_open_connection_nobody_learns_of_an_end(
    proxy: FaultProxy, connection: Connection, echo: Echo
) -> None:
    await echoed(connection, b"x")
    proxy.half_open = True
    connection[1].write_eof()
    assert await is_silent(connection)
    assert not echo.ended.is_set()
