"""The routes below `/v1/`: the key or the secret first, then the body, then what is asked for."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from fastapi import APIRouter
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from app.audit import Actor
from app.auth.server_key import ServerKeys
from app.chatkit_api.answers import HOSTED, json_response
from app.chatkit_api.body import read_body
from app.chatkit_api.endpoint import Endpoint
from app.chatkit_api.request_context import base_url
from app.hosted_api.list_query import read_list_query
from app.hosted_api.making import SessionMaking
from app.hosted_api.session_request import MAX_BODY_BYTES
from app.hosted_api.thread_lists import Holder, ThreadLists
from app.settings import Settings

_BASE = f"{HOSTED}chatkit"

LARGER_BODIES = {f"{_BASE}/sessions": MAX_BODY_BYTES}
"""Routes that take more bytes than others: a session's variables may be long."""


def hosted_router(
    keys: ServerKeys, making: SessionMaking, threads: ThreadLists, conversation: Endpoint, settings: Settings
) -> APIRouter:
    """Build the routes; `conversation` answers as `POST /chatkit` does, to client secrets alone."""
    router = APIRouter()
    router.add_api_route(f"{_BASE}/conversation", conversation, methods=["POST"])

    @router.post(f"{_BASE}/sessions")
    async def create_session(request: Request) -> Response:
        keys.check(request)
        body = await read_body(request, max(MAX_BODY_BYTES, settings.max_body_bytes))
        return await _answer(making.create(body))

    @router.post(f"{_BASE}/sessions/{{session_id}}/cancel")
    async def cancel_session(request: Request, session_id: str) -> Response:
        keys.check(request)
        return await _answer(making.cancel(session_id))

    def holder(request: Request) -> Holder:
        """Return who has the key of the server, as the audit log names them."""
        address = request.client.host if request.client else None
        return Holder(Actor.with_server_key(keys.check(request), address), request.scope["request_id"])

    @router.get(f"{_BASE}/threads")
    async def list_threads(request: Request) -> Response:
        keys.check(request)
        return await _answer(threads.list_threads(read_list_query(request.query_params)))

    @router.get(f"{_BASE}/threads/{{thread_id}}")
    async def retrieve_thread(request: Request, thread_id: str) -> Response:
        keys.check(request)
        return await _answer(threads.retrieve(thread_id))

    @router.get(f"{_BASE}/threads/{{thread_id}}/items")
    async def list_items(request: Request, thread_id: str) -> Response:
        by = holder(request)
        query = read_list_query(request.query_params)
        return await _answer(threads.list_items(thread_id, query, by, base_url(request, settings)))

    @router.delete(f"{_BASE}/threads/{{thread_id}}")
    async def delete_thread(request: Request, thread_id: str) -> Response:
        return await _answer(threads.delete(thread_id, holder(request)))

    return router


async def _answer(work: Coroutine[Any, Any, dict[str, Any]]) -> Response:
    # Its own task: whatever becomes of this request, what was begun is finished.
    return json_response(to_json(await asyncio.shield(asyncio.ensure_future(work))))
