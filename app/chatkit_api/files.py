"""The routes of files: uploads with and without an announcement, and what a signed address opens."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.attachments import Attachments
from app.attachments.arrivals import Arrivals
from app.attachments.uploads import Uploads
from app.auth.authenticator import Authenticator
from app.chatkit_api.answers import json_response
from app.chatkit_api.file_response import file_response
from app.chatkit_api.request_context import base_url, network, request_context
from app.chatkit_api.upload_body import announced_size, read_file
from app.context import Principal, RequestContext
from app.ids import UserId
from app.limits import CallerLimits
from app.settings import Settings
from app.turns.publishing import encode

T = TypeVar("T")


def files_router(
    files: Attachments,
    uploads: Uploads,
    arrivals: Arrivals,
    authenticator: Authenticator,
    limits: CallerLimits,
    settings: Settings,
) -> APIRouter:
    """Build the routes."""
    router = APIRouter()

    @router.post("/chatkit/files")
    async def upload(request: Request) -> Response:
        identity = await authenticator.identify(request)
        context = request_context(request, identity, settings)
        await limits.requests.admit(context)
        allowed = files.limits_in(context)
        with uploads.incoming(allowed) as incoming:
            announced = announced_size(request, allowed.max_bytes)
            async with limits.uploads.receiving(context, incoming, announced):
                name = await read_file(request, incoming, allowed.max_bytes)
            attachment = await _whole(uploads.receive(incoming, name or "", context))
        response = json_response(encode(attachment))
        if identity.new_cookie:
            identity.new_cookie.set_on(response)
        return response

    @router.api_route("/chatkit/files/{attachment_id}", methods=["POST", "PUT"])
    async def upload_announced(request: Request, attachment_id: str) -> Response:
        expected = await uploads.expected(attachment_id, *_address(request))
        # The signed address stands for who announced the file, not whoever sends the bytes.
        in_its_name = in_name_of(expected.user_id, request)
        await limits.requests.admit(in_its_name)
        allowed = expected.limits
        with uploads.incoming(allowed) as incoming:
            announced = announced_size(request, allowed.max_bytes)
            async with limits.uploads.receiving(in_its_name, incoming, announced):
                await read_file(request, incoming, allowed.max_bytes)
            attachment = await _whole(uploads.receive_expected(incoming, expected, in_its_name))
        return json_response(encode(attachment))

    @router.api_route("/chatkit/files/{attachment_id}", methods=["GET", "HEAD"])
    async def download(request: Request, attachment_id: str) -> Response:
        await limits.requests.admit_from(network(request))
        address = attachment_id, *_address(request)
        await _whole(arrivals.take_addressed(*address, base_url(request, settings)))
        opened = await files.open(*address)
        return file_response(opened, with_body=request.method == "GET")

    def in_name_of(user_id: UserId, request: Request) -> RequestContext:
        return RequestContext(
            Principal(user_id),
            request.scope["request_id"],
            base_url=base_url(request, settings),
            network=network(request),
        )

    return router


def _address(request: Request) -> tuple[str, str, str]:
    given = request.query_params
    return given.get("for", ""), given.get("until", ""), given.get("signature", "")


async def _whole(storing: Coroutine[Any, Any, T]) -> T:
    # Its own task: whatever becomes of this request, what was begun is finished.
    return await asyncio.shield(asyncio.ensure_future(storing))
