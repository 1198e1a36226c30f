"""A small application on a real socket: what stands beside the server, as a provider or a back-end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from tests.patience import PATIENCE


@asynccontextmanager
async def answering(
    app: Any, bound: socket.socket | None = None, leaving: Callable[[], None] = lambda: None
) -> AsyncIterator[str]:
    """Serve an ASGI application until the block ends, on `bound` or a free port, and give its address.

    `leaving` is called when nothing new is taken any more, before what is under way is waited for.
    """
    config = Config(app, lifespan="off", ws="none", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    # Not uvicorn's own `serve`: it takes the process' signals, and polls for its end.
    listener = await loop.create_server(
        lambda: HttpToolsProtocol(config=config, server_state=state, app_state={}),
        sock=bound.dup() if bound else socket.create_server(("127.0.0.1", 0)),
    )
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()
        leaving()
        if state.tasks:
            await asyncio.wait(state.tasks, timeout=PATIENCE)
        for connection in list(state.connections):
            connection.transport.abort()
