"""The routes beside the protocol: following the turn of a thread, and stopping it."""

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.auth.authenticator import Authenticator
from app.chatkit_api.answers import json_response
from app.chatkit_api.event_stream import EventStream, Resuming
from app.chatkit_api.request_context import request_context
from app.context import RequestContext
from app.ids import ThreadId, TurnId, UserId
from app.limits import RequestLimits
from app.settings import Settings
from app.threads.store import ThreadStore
from app.turns.delivery import Delivery
from app.turns.finding import Turns
from app.turns.turn import ReadableTurn, Turn

_PLACE = re.compile(r"([\x21-\x7e]{1,200}):([0-9]{1,9})")


def following_router(
    turns: Turns, store: ThreadStore, authenticator: Authenticator, limits: RequestLimits, settings: Settings
) -> APIRouter:
    """Build the routes."""
    router = APIRouter()

    async def caller(request: Request) -> RequestContext:
        context = request_context(request, await authenticator.identify(request), settings)
        await limits.admit(context)
        return context

    @router.get("/chatkit/threads/{thread_id}/events")
    async def events(request: Request, thread_id: ThreadId) -> Response:
        context = await caller(request)
        turns.runner.accept()
        await store.load_thread(thread_id, context)
        place = _place(request.headers.get("last-event-id", ""))
        turn, after = await _turn(turns, thread_id, context.user_id, place)
        if turn is None:
            return Response(status_code=204, headers={"Cache-Control": "no-store"})
        return EventStream(
            turn,
            settings.heartbeat_seconds,
            Delivery(turn, turns.writer),
            resuming=Resuming(after, turns.runner.draining),
        )

    @router.post("/chatkit/threads/{thread_id}/cancel")
    async def cancel(request: Request, thread_id: ThreadId) -> Response:
        context = await caller(request)
        await store.load_thread(thread_id, context)
        cancelled = await turns.cancel(thread_id, context.user_id)
        return json_response(b'{"cancelled": true}' if cancelled else b'{"cancelled": false}')

    return router


async def _turn(
    turns: Turns, thread_id: ThreadId, user_id: UserId, place: tuple[TurnId, int] | None
) -> tuple[ReadableTurn | None, int]:
    """Return what there is to read for a reader who has come to `place`, and behind which event to begin."""
    running = await turns.running(thread_id, user_id)
    if place is None:
        return running, 0
    turn_id, position = place
    if running is not None and running.id == turn_id:
        # A log that runs here is whole; one from elsewhere comes in from its beginning.
        return running, min(position, len(running.log)) if isinstance(running, Turn) else position
    return await turns.ended(thread_id, user_id, turn_id, whole=False) or running, 0


def _place(last_event_id: str) -> tuple[TurnId, int] | None:
    found = _PLACE.fullmatch(last_event_id)
    return (TurnId(found[1]), int(found[2])) if found else None
