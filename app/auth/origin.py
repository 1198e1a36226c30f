"""Which pages may make requests in a user's name.

A credential that travels by itself (a cookie) is honoured from our own origin and from configured ones only.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from app.errors import Forbidden
from app.settings import Settings


def origins(settings: Settings) -> tuple[str, ...]:
    """Return the configured origins, that of `CHATKIT_PUBLIC_URL` among them."""
    if settings.public_url is None:
        return settings.allowed_origins
    public = urlsplit(settings.public_url)
    return (*settings.allowed_origins, f"{public.scheme}://{public.netloc}")


def check_origin(connection: HTTPConnection, allowed_origins: Collection[str]) -> None:
    """Raise `Forbidden` when the request names an origin that is neither ours nor allowed.

    Browsers send `Origin` with every request that can change something; one without it is not a page's.
    """
    origin = connection.headers.get("origin")
    if origin is None or origin in allowed_origins:
        return
    own = f"{connection.url.scheme}://{connection.headers.get('host', '')}"
    if origin != own:
        raise Forbidden("This page may not use the chat. Add its origin to CHATKIT_ALLOWED_ORIGINS.")
