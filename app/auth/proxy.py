"""Mode `proxy`: a proxy in front has signed the user in, and says in a header who it is.

The header counts from the addresses of `CHATKIT_TRUSTED_PROXIES` only. From anybody else it is as if it were
not there: who can reach the server past the proxy must gain nothing by it.
"""

import logging
import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from starlette.requests import HTTPConnection

from app.auth.identity import Identity
from app.auth.names import roles, user_id
from app.auth.peer import peer_of
from app.auth.refusals import not_signed_in
from app.context import Principal
from app.errors import ConfigurationError
from app.settings import Settings

logger = logging.getLogger(__name__)

_HEADER = re.compile(r"[A-Za-z0-9-]{1,100}")


class ProxyUsers:
    """Users whom a proxy names."""

    def __init__(
        self, user_header: str, roles_header: str | None, proxies: Sequence[IPv4Network | IPv6Network]
    ) -> None:
        self._user_header, self._roles_header, self._proxies = user_header, roles_header, proxies
        self._has_warned = False

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        """Return the user named by a trusted proxy; None where none is.

        Raises `Unauthorized` where a trusted proxy names none, or several.
        """
        if self._user_header not in connection.headers:
            return None
        if not self._trusts(connection):
            return None
        user = user_id(self._value(connection, self._user_header))
        listed = self._value(connection, self._roles_header) if self._roles_header else ""
        granted = roles([role.strip() for role in listed.split(",") if role.strip()])
        if user is None or granted is None:
            raise not_signed_in("unfit user or roles in the header of a proxy")
        # What the proxy goes by is a cookie of its own: it travels from any page that sends a request.
        return Identity(Principal(user, granted), uses_cookie=True)

    def _trusts(self, connection: HTTPConnection) -> bool:
        peer = peer_of(connection)
        if peer is not None and any(peer in network for network in self._proxies):
            return True
        if not self._has_warned:
            self._has_warned = True
            logger.warning(
                "a user header from outside CHATKIT_TRUSTED_PROXIES is ignored, and so are all that follow",
                extra={"peer": str(peer or "none")},
            )
        return False

    def _value(self, connection: HTTPConnection, header: str) -> str:
        values = connection.headers.getlist(header)
        if len(values) > 1:
            # The proxy has added its header to one that a client had sent.
            raise not_signed_in("a header of the proxy came twice")
        try:
            return values[0].encode("latin-1").decode() if values else ""
        except UnicodeDecodeError:
            raise not_signed_in("a header of the proxy is not UTF-8") from None


def proxy_users(settings: Settings) -> ProxyUsers:
    """Build the mode; raise `ConfigurationError` with what is left to set."""
    if settings.proxy_user_header is None or not settings.trusted_proxies:
        raise ConfigurationError(
            "CHATKIT_AUTH names proxy: set CHATKIT_PROXY_USER_HEADER to the header in which your proxy names "
            "the user, and CHATKIT_TRUSTED_PROXIES to its addresses, such as 10.0.0.2 or 10.0.0.0/24."
        )
    for header in (settings.proxy_user_header, settings.proxy_roles_header):
        if header is not None and not _HEADER.fullmatch(header):
            raise ConfigurationError(f"{header!r} is not the name of a header, such as X-Forwarded-User.")
    return ProxyUsers(settings.proxy_user_header, settings.proxy_roles_header, settings.trusted_proxies)
