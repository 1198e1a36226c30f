"""What of a request's head travels on with it."""

from starlette.requests import Request

from app.auth.identity import Identity
from app.context import RequestContext
from app.languages import ENGLISH, language_for, languages_wanted

DISCONNECT = "chatkit-disconnect"
"""Request header; `detach` says that the client asks for a stop in so many words."""


def request_context(request: Request, identity: Identity) -> RequestContext:
    """Return the context in which a request of this identity is answered."""
    wanted = languages_wanted(request.headers.get("accept-language", ""))
    return RequestContext(
        principal=identity.principal,
        request_id=request.scope["request_id"],
        locale=wanted[0] if wanted else ENGLISH,
        language=language_for(wanted),
        base_url=f"{request.url.scheme}://{request.url.netloc}",
        cancels_explicitly=request.headers.get(DISCONNECT) == "detach",
    )


def language_of(request: Request) -> str:
    """Return the language in which the server speaks to whoever sends this request."""
    return language_for(languages_wanted(request.headers.get("accept-language", "")))
