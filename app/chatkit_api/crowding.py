"""Connections beyond the most that this process serves: told to come back, before anything is done."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.chatkit_api.answers import error_response
from app.errors import Unavailable
from app.limits.answers import BUSY, RETRY_SECONDS
from app.limits.connections import CROWDED

ALIVE = "/healthz"
"""Answered all the same: who asks restarts the process otherwise, which makes it worse."""


class Crowding:
    """Answers for the server where it is full."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its connection is one too many."""
        app = self._app
        if scope["type"] == "http" and scope.get("state", {}).get(CROWDED) and scope["path"] != ALIVE:
            app = error_response(Unavailable(BUSY, retry_after=RETRY_SECONDS), Request(scope))
        await app(scope, receive, send)
