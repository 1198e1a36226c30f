"""What every way of establishing a principal offers.

A mode answers for requests that carry its kind of credential and leaves the others to the next one; where
none answers, the request is refused before its body is read.
"""

from dataclasses import dataclass
from typing import Protocol

from starlette.requests import HTTPConnection

from app.auth.guest import Guests
from app.auth.identity import Identity
from app.errors import Unauthorized
from app.settings import AuthMode, Settings


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

    async def identify(self, connection: HTTPConnection) -> Identity:
        """Return who is asking, or raise `Unauthorized`."""
        for mode in self.modes:
            if identity := await mode.identify(connection):
                return identity
        raise Unauthorized("Sign in to use this chat.")


def authenticator(settings: Settings, secret_key: str) -> Authenticator:
    """Build the authenticator that `CHATKIT_AUTH` asks for; guests are asked last, as everyone may be one."""
    made: dict[AuthMode, Mode] = {"guest": Guests(secret_key)}
    return Authenticator(tuple(mode for name, mode in made.items() if name in settings.auth))
