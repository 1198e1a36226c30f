"""The HTTP server of this process: uvicorn, with our own way to start and to stop.

Owns signals. The first SIGTERM lets running answers end, SIGINT and a second signal
close them at once with their text saved, a third one waits for nothing.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from types import FrameType
from typing import Any, cast

import uvicorn
from fastapi import FastAPI

from app.auth.peer import RemembersPeer
from app.ops.open_files import room_for
from app.ops.receiving import GuardedConnection
from app.settings import Settings

DATE_SECONDS = 1.0
"""How often uvicorn is to look at the clock, whose time stands in the heads of answers."""


class HttpServer(uvicorn.Server):
    """Serves the app on one socket until a signal comes."""

    def __init__(
        self,
        app: FastAPI,
        settings: Settings,
        announce: Callable[[str, str], None],
        came: list[int] | None = None,
    ) -> None:
        """`announce` is called with the base URL and the app's summary once requests are answered.

        `came` are the signals that have come already, or come before this can take them itself.
        """
        super().__init__(
            uvicorn.Config(
                app,
                http=GuardedConnection,
                limit_concurrency=room_for(settings.max_connections),
                # Entered here instead: a start that fails is one sentence for the operator, and uvicorn makes
                # a traceback of it.
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                forwarded_allow_ips=_believed_about_clients(settings),
                timeout_keep_alive=15,
            )
        )
        self.config.load()
        self.config.loaded_app = RemembersPeer(self.config.loaded_app)
        self._app = app
        self._parts = AsyncExitStack()
        self._settings = settings
        self._announce = announce
        self._signals = came if came is not None else []
        self._stop, self._hurry, self._force = self._asked = [asyncio.Event() for _ in range(3)]
        """What the first signal asks for, the second, and the third."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting: asyncio.Task[object] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Make the app's parts, start listening, then say so; raises what stops the start.

        A signal stops it too, whatever it waits for: another process' migration takes its time.
        """
        if self._signals:
            # They came before anyone could heed them.
            self.should_exit = True
            return
        self._loop = asyncio.get_running_loop()
        self._starting = starting = cast("asyncio.Task[object]", asyncio.current_task())
        try:
            await self._start(sockets)
        except asyncio.CancelledError:
            if not self._signals:
                raise
            starting.uncancel()
        finally:
            self._starting = None

    async def _start(self, sockets: list[socket.socket] | None) -> None:
        parts = self._app.router.lifespan_context(self._app)
        self.lifespan.state.update(await self._parts.enter_async_context(parts))
        try:
            await super().startup(sockets)
        except BaseException:
            await self._parts.aclose()
            raise
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            self._announce(
                f"http://{f'[{host}]' if ':' in host else host}:{port}",
                self.lifespan.state["running"].summary,
            )

    async def main_loop(self) -> None:
        """Return as soon as a signal comes; uvicorn's own loop looks for one ten times a second."""
        while not await self.on_tick(0):
            await _first(self._stop.wait(), within=DATE_SECONDS)

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Take note of a signal; it is not raised again, as a stop that was asked for is no failure."""
        self._signals.append(sig)
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._heed)

    def _heed(self) -> None:
        for event in self._asked[: len(self._signals)]:
            event.set()
        # A signal that comes as the last line of the start is run finds it done when the loop gets to this.
        if self._starting is not None:
            self._starting.cancel()

    @property
    def was_told_to_stop(self) -> bool:
        """Whether a signal came."""
        return bool(self._signals)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the turns first, which ends their streams; what is waited for then is short."""
        turns = self.lifespan.state["running"].turns
        turns.drain()
        patience = 0.0 if self._signals[:1] == [signal.SIGINT] else self._settings.drain_seconds
        await _first(turns.idle(), self._hurry.wait(), within=patience)
        await turns.stop()
        for server in self.servers:
            server.close()
        for bound in sockets or []:
            bound.close()
        await _first(self._connections_end(), self._force.wait())
        await self._parts.aclose()

    async def _connections_end(self) -> None:
        """Let answers end and connections close; uvicorn's own wait looks for it ten times a second."""
        state = self.server_state
        while connections := cast("set[GuardedConnection]", state.connections):
            for connection in list(connections):
                connection.shutdown()
            await asyncio.wait([connection.gone for connection in connections])
        if state.tasks:
            await asyncio.wait(state.tasks)


async def _first(*waits: Coroutine[Any, Any, object], within: float | None = None) -> None:
    """Return when one of them is over, or after so many seconds."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


def _believed_about_clients(settings: Settings) -> list[str] | None:
    """Return the proxies whose `X-Forwarded-…` count; None for those that uvicorn's own variable names."""
    if "FORWARDED_ALLOW_IPS" in os.environ:
        return None
    return ["127.0.0.1", "::1", *map(str, settings.trusted_proxies)]
