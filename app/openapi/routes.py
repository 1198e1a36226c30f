"""The address of the document."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.openapi.document import document
from app.page.files import Prepared, prepared


def openapi_router() -> APIRouter:
    """Build `/openapi.json`; the document is made when it is first asked for."""
    router = APIRouter()
    made: list[Prepared] = []

    @router.api_route("/openapi.json", methods=["GET", "HEAD"])
    async def openapi(request: Request) -> Response:
        if not made:
            made.append(await asyncio.to_thread(lambda: prepared(document(), "application/json")))
        return made[0].response(request, {"Cache-Control": "no-cache"})

    return router
