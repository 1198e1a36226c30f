"""JSON answers, errors among them.

The widget shows the top-level `message`, in the language of the request; programs read `error`. Nothing of an
unexpected exception gets out.
"""

import logging
from typing import cast

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.chatkit_api.request_context import language_of
from app.errors import ChatKitServerError, Malformed, NotFound, RateLimited, Unauthorized
from app.languages import translated

logger = logging.getLogger(__name__)

HOSTED = "/v1/"
"""Where the hosted API's routes are."""


class UnexpectedError(ChatKitServerError):
    """A fault of ours."""


def json_response(body: bytes) -> Response:
    """Wrap serialised JSON that must not be kept by any cache."""
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def error_response(error: ChatKitServerError, request: Request, status: int | None = None) -> Response:
    """Return the one shape that every refusal and failure has, for whoever sent `request`.

    Below `/v1/` it has what OpenAI's clients read besides.
    """
    status = status or error.status
    message = translated(error.sentence, language_of(request), error.values)
    said: dict[str, object] = {"code": error.code, "message": message, "retryable": error.retryable}
    if request.url.path.startswith(HOSTED):
        said |= {"type": _hosted_type(status), "param": error.param}
    response = Response(
        to_json({"error": said, "message": message}),
        status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def answer_refusal(request: Request, error: Exception) -> Response:
    """Answer one of our own errors; registered as the handler of the whole family."""
    return error_response(cast("ChatKitServerError", error), request)


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Answer what the router refuses: a path or method that does not exist."""
    error = cast("HTTPException", error)
    refusal = (
        NotFound("There is nothing here.")
        if error.status_code == 404
        else Malformed("{detail}.", detail=error.detail)
    )
    response = error_response(refusal, request, error.status_code)
    response.headers.update(error.headers or {})
    return response


def _hosted_type(status: int) -> str:
    if status >= 500:
        return "server_error"
    return "rate_limit_error" if status == RateLimited.status else "invalid_request_error"


class UnexpectedErrors:
    """Turns what nobody expected into an answer, inside CORS, so that the page can read it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass through; once an answer has begun there is nothing left to say."""
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            logger.exception("unexpected error")
            if begun or scope["type"] != "http":
                raise
            answer = error_response(UnexpectedError("Something went wrong on the server."), Request(scope))
            await answer(scope, receive, send)
