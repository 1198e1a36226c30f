"""The one way in: every route that belongs to a user asks here who that is.

A mode answers for requests that carry its kind of credential and leaves the others to the next one; a
credential that is not valid ends it. Where none answers, the request is refused before its body is read. One
that travels by itself has to come from an allowed page, and a role may bar the route.
"""

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import HTTPConnection

from app.auth.bearer import UnreadBearer
from app.auth.given_key import given_key
from app.auth.guest import Guests
from app.auth.identity import Identity
from app.auth.jwks import KeyServer
from app.auth.jwt import Keys, Tokens
from app.auth.jwt_rules import token_rules
from app.auth.origin import check_origin, origins
from app.auth.permissions import check_route
from app.auth.proxy import proxy_users
from app.auth.refusals import not_signed_in
from app.errors import ConfigurationError
from app.settings import Settings, variable

logger = logging.getLogger(__name__)

Job = Callable[[], Coroutine[Any, Any, None]]

_OF_MODE = {"jwt": ("jwt_jwks_url", "jwt_key", "jwt_issuer", "jwt_audience"), "proxy": ("proxy_user_header",)}
"""What is set for a mode and for nothing else."""


class Mode(Protocol):
    """One way of establishing a principal."""

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        """Return who is asking; None where the request holds no credential of this kind.

        Raises `Unauthorized` for a credential of this kind that is not valid.
        """
        ...


@dataclass(frozen=True, slots=True)
class Authenticator:
    """The modes that are on, in the order in which they are asked."""

    modes: tuple[Mode, ...]
    allowed_origins: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()
    """What has to run beside the requests, for as long as the server does."""

    async def identify(self, connection: HTTPConnection) -> Identity:
        """Return who is asking; raise `Unauthorized`, or `Forbidden` for the wrong page or role."""
        identity = await self._ask(connection)
        if identity.uses_cookie:
            check_origin(connection, self.allowed_origins)
        check_route(identity.principal, connection)
        return identity

    async def _ask(self, connection: HTTPConnection) -> Identity:
        for mode in self.modes:
            if identity := await mode.identify(connection):
                return identity
        raise not_signed_in()


def authenticator(settings: Settings, secret_key: str, sessions: Mode | None = None) -> Authenticator:
    """Build the authenticator that `CHATKIT_AUTH` asks for; guests are asked last, as everyone may be one.

    `sessions` is the mode `session`, which needs a database.

    Raises `ConfigurationError` for a mode that is not set up, or one that is and is not on.
    """
    _refuse_idle_settings(settings)
    modes: list[Mode] = []
    jobs: list[Job] = []
    if sessions is not None and "session" in settings.auth:
        modes.append(sessions)
    if "jwt" in settings.auth:
        modes.append(_tokens(settings, jobs))
    if "proxy" in settings.auth:
        modes.append(proxy_users(settings))
    if "guest" in settings.auth:
        if modes:
            modes.append(UnreadBearer())
        modes.append(Guests(secret_key, anywhere=settings.guest_anywhere))
        if settings.guest_anywhere:
            logger.warning(
                "CHATKIT_GUEST_ANYWHERE: whoever reaches this server is let in, and its model works for them"
            )
    return Authenticator(tuple(modes), origins(settings), tuple(jobs))


def _tokens(settings: Settings, jobs: list[Job]) -> Tokens:
    rules = token_rules(settings)
    keys: Keys
    if settings.jwt_key is not None:
        keys = given_key(settings.jwt_key.get_secret_value(), rules.algorithms)
    else:
        keys = server = KeyServer(settings.jwt_jwks_url or "", rules.algorithms)
        jobs.append(server.run)
    return Tokens(rules, keys, leaves_session_secrets="session" in settings.auth)


def _refuse_idle_settings(settings: Settings) -> None:
    for mode, names in _OF_MODE.items():
        given = [variable(name) for name in names if getattr(settings, name)]
        if given and mode not in settings.auth:
            raise ConfigurationError(
                f"{given[0]} is set, but CHATKIT_AUTH is {','.join(settings.auth)}, so nobody would have to "
                f"sign in that way: say CHATKIT_AUTH={mode}, or take the setting away."
            )
