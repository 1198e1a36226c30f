"""What a token must be like, and what the operator must have said about that before the server starts.

Issuer, audience and algorithms have no defaults: a token that was made for another service, or with an
algorithm that nobody has thought of, is the usual way in.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.auth.peer import address
from app.errors import ConfigurationError
from app.settings import Settings, variable

_PRIVATE_NAMES = (".local", ".internal", ".localhost")


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What is pinned, and which claims say who the user is."""

    issuer: str
    audience: tuple[str, ...]
    algorithms: tuple[str, ...]
    user_claim: str
    roles_claim: str | None


def token_rules(settings: Settings) -> TokenRules:
    """Return the rules; raise `ConfigurationError` with a sentence for what is missing or unsafe."""
    required = ("jwt_issuer", "jwt_audience", "jwt_algorithms")
    missing = [variable(name) for name in required if not getattr(settings, name)]
    if missing or settings.jwt_issuer is None:
        raise ConfigurationError(
            f"CHATKIT_AUTH names jwt: set {' and '.join(missing)} to what your tokens have, so that none "
            "that was made for something else is taken."
        )
    if (settings.jwt_jwks_url is None) == (settings.jwt_key is None):
        raise ConfigurationError(
            "CHATKIT_AUTH names jwt: set either CHATKIT_JWT_JWKS_URL, the address of your issuer's keys, or "
            "CHATKIT_JWT_KEY, the one key that your tokens are signed with."
        )
    shared = {algorithm.startswith("HS") for algorithm in settings.jwt_algorithms}
    if len(shared) > 1 or (settings.jwt_jwks_url is not None and True in shared):
        raise ConfigurationError(
            "CHATKIT_JWT_ALGORITHMS must not mix HS256, HS384 or HS512 with others, nor name them for a key "
            "server: they take a secret, and with a public key in its place anybody could make a token."
        )
    if settings.jwt_jwks_url is not None:
        _check_url(settings.jwt_jwks_url)
    return TokenRules(
        settings.jwt_issuer,
        settings.jwt_audience,
        settings.jwt_algorithms,
        settings.jwt_user_claim,
        settings.jwt_roles_claim,
    )


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not host or parts.username is not None:
        raise ConfigurationError("CHATKIT_JWT_JWKS_URL is no address such as https://id.example/jwks.json.")
    if parts.scheme == "http" and not _is_private(host):
        raise ConfigurationError(
            f"CHATKIT_JWT_JWKS_URL must be https: on the way from {host} anybody could put in their own key."
        )


def _is_private(host: str) -> bool:
    """Say whether a host is in our own network by its name or address, as a container beside us is."""
    if found := address(host):
        return found.is_private
    return "." not in host or host.endswith(_PRIVATE_NAMES)
