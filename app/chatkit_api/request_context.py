"""What of a request's head travels on with it."""

from starlette.requests import Request

from app.auth.identity import Identity
from app.context import RequestContext
from app.languages import ENGLISH, language_for, languages_wanted
from app.limits import network_of
from app.settings import Settings

DISCONNECT = "chatkit-disconnect"
"""Request header; `detach` says that the client asks for a stop in so many words."""


def request_context(request: Request, identity: Identity, settings: Settings) -> RequestContext:
    """Return the context in which a request of this identity is answered."""
    wanted = languages_wanted(request.headers.get("accept-language", ""))
    return RequestContext(
        principal=identity.principal,
        request_id=request.scope["request_id"],
        locale=wanted[0] if wanted else ENGLISH,
        language=language_for(wanted),
        base_url=base_url(request, settings),
        cancels_explicitly=request.headers.get(DISCONNECT) == "detach",
        session=identity.session,
        network=network(request),
    )


def network(request: Request) -> str | None:
    """Return the address that a request comes from, as far as it tells callers apart.

    That of the TCP connection, or what a proxy says of it, where it may.
    """
    return network_of(request.client.host if request.client else None)


def language_of(request: Request) -> str:
    """Return the language in which the server speaks to whoever sends this request."""
    return language_for(languages_wanted(request.headers.get("accept-language", "")))


def base_url(request: Request, settings: Settings) -> str:
    """Return where this server is reached, without a slash after it: as is set, else as for this request."""
    return settings.public_url or f"{request.url.scheme}://{request.url.netloc}"
