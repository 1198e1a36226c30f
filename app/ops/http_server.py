"""The HTTP server of this process: uvicorn, with our own way to start and to stop.

Owns signals. The first SIGTERM lets running answers end, SIGINT and a second signal
close them at once with their text saved, a third one waits for nothing.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import FrameType
from typing import cast

import uvicorn
from fastapi import FastAPI

from app.auth.peer import RemembersPeer
from app.ops.open_files import room_for
from app.ops.receiving import GuardedConnection
from app.settings import Settings

IMPATIENT = 2
"""Signals after which the next one ends the process without any saving."""


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
        self._hurry = asyncio.Event()
        self._give_up: Callable[[], object] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Make the app's parts, start listening, then say so; raises what stops the start.

        A signal stops it too, whatever it waits for: another process' migration takes its time.
        """
        if self._signals:
            # They came before anyone could heed them.
            self.should_exit = True
            return
        starting = cast("asyncio.Task[object]", asyncio.current_task())
        loop = asyncio.get_running_loop()

        def stop_starting() -> None:
            # A signal that comes as the last line is run finds the start done when the loop gets to this.
            if self._give_up is not None:
                starting.cancel()

        self._give_up = lambda: loop.call_soon_threadsafe(stop_starting)
        try:
            await self._start(sockets)
        except asyncio.CancelledError:
            if not self._signals:
                raise
            starting.uncancel()
        finally:
            self._give_up = None

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

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Take note of a signal; it is not raised again, as a stop that was asked for is no failure."""
        if self._signals:
            self._hurry.set()
        self.force_exit = len(self._signals) >= IMPATIENT
        self._signals.append(sig)
        self.should_exit = True
        if self._give_up is not None:
            self._give_up()

    @property
    def was_told_to_stop(self) -> bool:
        """Whether a signal came."""
        return bool(self._signals)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the turns first, which ends their streams; what uvicorn then waits for is short."""
        turns = self.lifespan.state["running"].turns
        turns.drain()
        patience = 0.0 if self._signals[:1] == [signal.SIGINT] else self._settings.drain_seconds
        waiting = asyncio.create_task(turns.idle())
        hurrying = asyncio.create_task(self._hurry.wait())
        await asyncio.wait((waiting, hurrying), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        hurrying.cancel()
        await turns.stop()
        await super().shutdown(sockets)
        await self._parts.aclose()


def _believed_about_clients(settings: Settings) -> list[str] | None:
    """Return the proxies whose `X-Forwarded-…` count; None for those that uvicorn's own variable names."""
    if "FORWARDED_ALLOW_IPS" in os.environ:
        return None
    return ["127.0.0.1", "::1", *map(str, settings.trusted_proxies)]
