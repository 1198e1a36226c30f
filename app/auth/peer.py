"""The address at the other end of the TCP connection.

uvicorn replaces a request's client by what `X-Forwarded-For` says, where a proxy may say so. Whether a proxy
is trusted in more than that is decided by the connection itself.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

_PEER = "chatkit-server peer"


class RemembersPeer:
    """Notes the peer before anything looks at headers; wraps everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its peer."""
        scope[_PEER] = scope.get("client")
        await self._app(scope, receive, send)


def peer_of(connection: HTTPConnection) -> IPv4Address | IPv6Address | None:
    """Return the peer; None where it has no address, as on a unix socket, or was not noted."""
    peer = connection.scope.get(_PEER)
    return address(peer[0]) if peer else None


def is_on_this_machine(connection: HTTPConnection) -> bool:
    """Say whether a request comes from this machine, by what a trusted proxy says of it, if there is one."""
    client = address(connection.client.host) if connection.client else None
    return client is not None and client.is_loopback


def address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in `text`, as IPv4 where it is one in IPv6's clothes; None where it is none."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
