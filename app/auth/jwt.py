"""Mode `jwt`: `Authorization: Bearer …` with a token of an identity provider, or of the integrator's backend.

Owns the verification of one token. PyJWT checks signature, times, issuer and audience; which keys there are,
and which claim says what, is for others. A token in the address of a request is never looked at.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import jwt
from starlette.requests import HTTPConnection

from app.auth.bearer import SESSION_SECRET, bearer
from app.auth.identity import Identity
from app.auth.jwt_claims import principal_of
from app.auth.jwt_rules import TokenRules
from app.auth.refusals import not_signed_in

MAX_TOKEN = 16_000
"""Characters; what identity providers make has a tenth of them."""
MAX_KEY_ID = 200
LEEWAY_SECONDS = 30
"""By how much the clocks may differ."""


class Keys(Protocol):
    """Where keys come from."""

    async def find(self, key_id: str | None, algorithm: str) -> Sequence[Any]:
        """Return the keys that a token with this header may be signed with, each fit for the algorithm."""
        ...


class Tokens:
    """Reads tokens; leaves session secrets to the mode before it, where that is on."""

    def __init__(self, rules: TokenRules, keys: Keys, *, leaves_session_secrets: bool) -> None:
        self._rules, self._keys = rules, keys
        self._leaves_session_secrets = leaves_session_secrets

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        """Return the user of the token; None where there is none. Raises `Unauthorized` for any other."""
        token = bearer(connection)
        if token is None or (self._leaves_session_secrets and token.startswith(SESSION_SECRET)):
            return None
        principal = principal_of(await self._claims(token), self._rules)
        if principal is None:
            raise not_signed_in("no user, or no list of roles, in a token")
        return Identity(principal)

    async def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN:
            raise not_signed_in("a token that is too long")
        key_id, algorithm = self._header(token)
        reason = "a token of no known key"
        for key in await self._keys.find(key_id, algorithm):
            try:
                return self._verified(token, key, algorithm)
            except (jwt.PyJWTError, ValueError, RecursionError) as error:
                reason = type(error).__name__
        raise not_signed_in(reason)

    def _header(self, token: str) -> tuple[str | None, str]:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise not_signed_in(type(error).__name__) from None
        key_id, algorithm = header.get("kid"), header.get("alg")
        if algorithm not in self._rules.algorithms:
            raise not_signed_in("an algorithm outside CHATKIT_JWT_ALGORITHMS")
        if key_id is not None and len(key_id) > MAX_KEY_ID:
            raise not_signed_in("a key id that is too long")
        return key_id, algorithm

    def _verified(self, token: str, key: Any, algorithm: str) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=self._rules.issuer,
            audience=self._rules.audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud"], "enforce_minimum_key_length": True},
        )
