"""`POST /chatkit`: principal first, then the body, then the operation, then its answer."""

import asyncio
import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.auth.authenticator import Authenticator
from app.auth.identity import Identity
from app.auth.origin import check_origin
from app.chatkit_api.answers import json_response
from app.chatkit_api.body import read_body
from app.chatkit_api.event_stream import EventStream
from app.chatkit_api.server import Server, TurnResult
from app.context import RequestContext
from app.settings import Settings

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")


def chatkit_router(server: Server, authenticator: Authenticator, settings: Settings) -> APIRouter:
    """Build the route of the ChatKit protocol."""
    router = APIRouter()

    @router.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        identity = await authenticator.identify(request)
        if identity.uses_cookie:
            check_origin(request, settings.allowed_origins)
        body = await read_body(request, settings.max_body_bytes)
        # Its own task: whatever becomes of this request, a begun transaction is finished.
        result = await asyncio.shield(
            asyncio.ensure_future(server.process(body, _context(request, identity)))
        )
        response = (
            EventStream(result.turn, settings.heartbeat_seconds)
            if isinstance(result, TurnResult)
            else json_response(result.json)
        )
        if identity.new_cookie:
            identity.new_cookie.set_on(response)
        return response

    return router


def _context(request: Request, identity: Identity) -> RequestContext:
    return RequestContext(
        principal=identity.principal,
        request_id=request.scope["request_id"],
        locale=_locale(request.headers.get("accept-language", "")),
    )


def _locale(accept_language: str) -> str:
    first = accept_language[:100].split(",")[0].split(";")[0].strip()
    return first if _LANGUAGE_TAG.fullmatch(first) else "en"
