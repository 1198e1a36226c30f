"""What of a request's head travels on with it."""

import re

from starlette.requests import Request

from app.auth.identity import Identity
from app.context import RequestContext

DISCONNECT = "chatkit-disconnect"
"""Request header; `detach` says that the client asks for a stop in so many words."""

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")


def request_context(request: Request, identity: Identity) -> RequestContext:
    """Return the context in which a request of this identity is answered."""
    return RequestContext(
        principal=identity.principal,
        request_id=request.scope["request_id"],
        locale=_locale(request.headers.get("accept-language", "")),
        cancels_explicitly=request.headers.get(DISCONNECT) == "detach",
    )


def _locale(accept_language: str) -> str:
    first = accept_language[:100].split(",")[0].split(";")[0].strip()
    return first if _LANGUAGE_TAG.fullmatch(first) else "en"
