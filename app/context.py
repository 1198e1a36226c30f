"""Who is asking, and what travels with one request down to the store and the assistant.

Owns the values every layer shares. Must not know how a principal was established (`app/auth`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.ids import UserId
from app.languages import ENGLISH

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller: an opaque user id, and the roles granted to it."""

    user_id: UserId
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FileTerms:
    """Which files may be sent under a client secret."""

    enabled: bool = False
    max_bytes: int = 512_000_000
    """Largest file."""
    max_files: int = 10
    """How many may be uploaded under it."""


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """What a client secret was made for; the defaults are those of the hosted API."""

    id: str
    workflow_id: str
    workflow_version: str | None = None
    state_variables: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    tracing: bool = True
    titles: bool = True
    """Whether new threads get titles."""
    files: FileTerms = FileTerms()
    history: bool = True
    """Whether earlier threads may be listed and opened."""
    recent_threads: int | None = None
    """How many of them, the last active ones; None for all."""
    requests_per_minute: int = 10
    created_at: datetime = LONG_AGO
    """By the database's clock. Threads that have been silent since before are earlier ones."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What a ChatKit request carries besides its body; the `context` of the ChatKit SDK's hooks.

    `locale` is the BCP 47 tag that `Accept-Language` wants most ("en" where none is usable), for whoever can
    speak any language. `language` is the one in which this server speaks to that reader. `metadata` is the
    request body's top-level object: written by the client, so never to be trusted.
    """

    principal: Principal
    request_id: str
    locale: str = ENGLISH
    language: str = ENGLISH
    metadata: Mapping[str, Any] = field(default_factory=dict)
    base_url: str = "http://localhost"
    """Where the caller reaches this server, without a slash at the end; absolute addresses begin with it."""
    cancels_explicitly: bool = False
    """The client asks for a stop in so many words: that its connection is gone does not mean one."""
    session: SessionTerms | None = None
    """What the client secret was made for; None for those who came in another way."""
    network: str | None = None
    """The address it comes from, as far as it tells callers apart; None on this machine."""

    @property
    def user_id(self) -> UserId:
        """The owner of everything this request may see or change."""
        return self.principal.user_id
