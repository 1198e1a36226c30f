"""Sessions: a back-end has a secret made for one of its users, and the page sends it for some minutes.

The mode `session`, and the life of a session from its making to its collection. What may be asked for in a
session, and in which form, is decided by `app/hosted_api`.
"""

import asyncio
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from starlette.requests import HTTPConnection

from app.auth import session_rows
from app.auth.bearer import SESSION_SECRET, bearer
from app.auth.identity import Identity
from app.auth.refusals import not_signed_in
from app.auth.session_rows import Session
from app.context import Principal, RequestContext, SessionTerms
from app.db.engine import Database
from app.errors import QuotaExceeded, Unavailable
from app.ids import UserId

logger = logging.getLogger(__name__)

SECRET_BYTES = 32
SWEEP_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of all processes; made once."""

    database: Database

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        """Return whom a client secret stands for; None where the request has none.

        Looked up for every request, in one statement: a session that is cancelled, by whichever process, ends
        with the next request.
        """
        secret = bearer(connection)
        if secret is None or not secret.startswith(SESSION_SECRET):
            return None
        session = await session_rows.find_by_secret(self.database, _hash(secret))
        if session is None:
            raise not_signed_in("client secret that is not good, or not any more")
        return Identity(Principal(session.user_id), session=session.terms)

    async def begin(self, user_id: UserId, terms: SessionTerms, life: timedelta) -> tuple[Session, str]:
        """Return a new session with its secret, which nobody can be told again."""
        secret = SESSION_SECRET + secrets.token_urlsafe(SECRET_BYTES)
        return await session_rows.insert(self.database, user_id, terms, _hash(secret), life), secret

    async def cancel(self, session_id: str) -> Session | None:
        """End a session before its time; None where there is none. A second time changes nothing."""
        return await session_rows.cancel(self.database, session_id)

    async def count_upload(self, context: RequestContext) -> None:
        """Count a file that is about to be taken in; raise `QuotaExceeded` where its session has had all."""
        session = context.session
        if session is None:
            return
        if not await session_rows.count_upload(self.database, context.user_id, session):
            raise QuotaExceeded(
                "At most {limit} files can be uploaded in one session.", limit=session.files.max_files
            )

    async def collect(self) -> None:
        """Forget expired sessions, again and again."""
        while True:
            try:
                await session_rows.forget_expired(self.database)
            except Unavailable:
                logger.warning("expired sessions could not be collected: the database is away")
            except Exception:
                logger.exception("expired sessions could not be collected")
            await asyncio.sleep(SWEEP_SECONDS)


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
