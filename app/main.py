"""The application: its middleware, its routes, and the parts behind them for as long as it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypedDict

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from app.chatkit_api.answers import UnexpectedErrors, answer_http_error, answer_refusal
from app.chatkit_api.arrival import Arrival
from app.chatkit_api.cross_origin import add_cors
from app.chatkit_api.crowding import Crowding
from app.chatkit_api.request_id import RequestIds
from app.chatkit_api.response_policy import ResponsePolicy
from app.composition.parts import Parts, running_parts
from app.composition.routes import add_routes
from app.errors import ChatKitServerError
from app.hosted_api.routes import LARGER_BODIES
from app.settings import Settings

if TYPE_CHECKING:
    from app.db.embedded import EmbeddedPostgres


class State(TypedDict):
    """The lifespan state of the app."""

    running: Parts


def create_app(settings: Settings, postgres: "EmbeddedPostgres | None" = None) -> FastAPI:
    """Build the application; its parts are made when it starts and closed when it stops.

    `postgres` is the embedded server, where its start was begun already.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[State]:
        async with running_parts(settings, postgres) as parts:
            add_routes(app, parts)
            yield {"running": parts}

    app = FastAPI(title="chatkit-server", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    # The last one added is the outermost.
    app.add_middleware(Arrival, settings=settings, larger=LARGER_BODIES)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(Crowding)
    add_cors(app, settings)
    app.add_middleware(ResponsePolicy)
    app.add_middleware(RequestIds)
    app.add_exception_handler(ChatKitServerError, answer_refusal)
    app.add_exception_handler(HTTPException, answer_http_error)
    return app
