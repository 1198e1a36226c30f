"""Database URLs: what an operator may write, and the one form that libpq and asyncpg both read."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from app.errors import ConfigurationError

_SCHEMES = {"postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"}

_HOST = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(:[0-9]*)?")


def libpq_url(url: str, **parameters: str) -> str:
    """Return `url` as `postgresql://…`, with `parameters` added to its query unless it sets them itself.

    Accepts `postgres://`, `postgresql://` and SQLAlchemy's `postgresql+asyncpg://`, whose `ssl` parameter
    becomes libpq's `sslmode`. Raises `ConfigurationError` for anything else, without repeating the URL: it
    may hold a password.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise ConfigurationError(
            "The database URL cannot be read; expected postgresql://user@host/name."
        ) from None
    if parts.scheme not in _SCHEMES:
        raise ConfigurationError(
            f"The database URL begins with {parts.scheme or 'no scheme'}://, but this server speaks "
            "PostgreSQL only; expected postgresql://user@host/name."
        )
    if "@" in parts.path or not all(map(_HOST.fullmatch, parts.netloc.rpartition("@")[2].split(","))):
        # What stands before the "@" would be taken for the host, and shown as such.
        raise ConfigurationError(
            "The database URL cannot be read: in its password write / as %2F, ? as %3F, # as %23, @ as %40."
        )
    query = {"sslmode" if key == "ssl" else key: value for key, value in _query(parts).items()}
    return _join(parts.netloc, parts.path, parameters | query)


def socket_url(folder: str, role: str, database: str) -> str:
    """Return the URL of `database` behind the unix socket in `folder`, for a role that needs no password."""
    return _join(f"{quote(role)}@", f"/{quote(database)}", {"host": folder})


def with_database(url: str, database: str) -> str:
    """Return `url` with another database name."""
    parts = urlsplit(url)
    return _join(parts.netloc, f"/{quote(database)}", _query(parts))


def place(url: str) -> str:
    """Return `host:port/name` of a URL: what may be shown, for it holds no secret."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2] or _query(parts).get("host", "localhost")
    return f"{host}{parts.path}"


def _query(parts: SplitResult) -> dict[str, str]:
    # To libpq a "+" is a plus, not a space.
    return dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))


def _join(authority: str, path: str, query: dict[str, str]) -> str:
    # Not `urlunsplit`: it drops the empty authority of "postgresql:///name".
    encoded = urlencode(query, quote_via=quote, safe="")
    return f"postgresql://{authority}{path}" + (f"?{encoded}" if encoded else "")
