"""`POST /chatkit`: principal first, then the body, then the operation, then its answer."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.auth.authenticator import Authenticator
from app.chatkit_api.answers import json_response
from app.chatkit_api.body import read_body
from app.chatkit_api.dictation import base64_size
from app.chatkit_api.event_stream import EventStream, Resuming
from app.chatkit_api.request_context import request_context
from app.chatkit_api.server import PlacedResult, Server, TurnResult
from app.context import RequestContext
from app.limits import RequestLimits
from app.settings import Settings
from app.turns.delivery import Delivery
from app.turns.finding import Turns
from app.turns.turn import ReadableTurn

Endpoint = Callable[[Request], Awaitable[Response]]


def chatkit_router(endpoint: Endpoint) -> APIRouter:
    """Build the route of the ChatKit protocol."""
    router = APIRouter()
    router.add_api_route("/chatkit", endpoint, methods=["POST"])
    return router


def chatkit_endpoint(
    server: Server,
    turns: Turns,
    authenticator: Authenticator,
    limits: RequestLimits,
    settings: Settings,
    *,
    has_dictation: bool,
) -> Endpoint:
    """Return what answers a request of the ChatKit protocol, at whichever address it came."""
    # What stands around a recording is small.
    dictation_limit = base64_size(settings.max_recording_bytes) + 10_000 if has_dictation else None

    async def chatkit(request: Request) -> Response:
        identity = await authenticator.identify(request)
        context = request_context(request, identity, settings)
        await limits.admit(context, protocol=True)
        body = await read_body(request, settings.max_body_bytes, dictation_limit)
        # Its own task: whatever becomes of this request, a begun transaction is finished.
        result = await asyncio.shield(asyncio.ensure_future(server.process(body, context)))
        if isinstance(result, TurnResult):
            response: Response = stream(result.turn, context)
        else:
            response = json_response(result.json)
            if isinstance(result, PlacedResult) and result.place is not None:
                response.headers["Chatkit-Turn"] = result.place
        if identity.new_cookie:
            identity.new_cookie.set_on(response)
        return response

    def stream(turn: ReadableTurn, context: RequestContext) -> EventStream:
        return EventStream(
            turn,
            settings.heartbeat_seconds,
            Delivery(turn, turns.writer),
            resuming=Resuming(0, turns.runner.draining) if context.cancels_explicitly else None,
        )

    return chatkit
