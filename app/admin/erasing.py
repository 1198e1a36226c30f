"""`users erase` and `threads prune`: say how much it is, ask, remove, and say what is left to do."""

import asyncio
import sys
from datetime import timedelta

from app.admin.terminal import one_line
from app.attachments.blobs import Blobs
from app.attachments.collecting import Collector
from app.audit import Actor
from app.db.engine import Database
from app.erasing import retention, users
from app.errors import ConfigurationError, Unavailable
from app.ids import UserId
from app.settings import load_settings

BYTES_SECONDS = 10.0
"""How long a server that is removing the same files is waited for."""

_LOOK_SECONDS = 0.2


async def erase_user(database: Database, actor: Actor, user: str, *, dry_run: bool, asks: bool) -> str:
    """Erase a user; return what there was of them.

    Raises `Unavailable` where their rows are gone and files could not be reached.
    """
    user_id = UserId(user)
    there_is = _belongings(user, await users.belongings(database, user_id))
    if dry_run:
        return f"{there_is}\nNothing was removed."
    if asks and not _consents(f"{there_is}\nRemove all of it for good? Type yes: "):
        return "Nothing was removed."
    erased = await users.erase(database, actor, user_id)
    await _remove_bytes(database)
    lines = [f"Removed. {_belongings(user, erased, 'had')}"]
    left = await _bytes_left(database, user_id)
    if left.last_due_at is not None:
        lines.append(
            f"The bytes of {_count(left.files, 'file')} may still be arriving: a server removes them, "
            f"or this command once more, after {left.last_due_at.astimezone():%Y-%m-%d %H:%M}."
        )
    since = await users.belongings(database, user_id)
    if since.threads or since.files or since.sessions:
        lines.append(f"They are back, and left as they are: {_belongings(user, since)}")
    return "\n".join(lines)


async def prune_threads(
    database: Database, actor: Actor, age: timedelta, *, dry_run: bool, asks: bool
) -> str:
    """Remove threads without activity for `age`; return how many."""
    old = await retention.count_old(database, age)
    there_are = (
        f"Nothing has happened for {_count(age.days, 'day')} in {_count(old.threads, 'thread')}"
        f" of {_count(old.users, 'user')}."
    )
    if dry_run:
        return f"{there_are}\nNothing was removed."
    if asks and not _consents(f"{there_are}\nRemove them for good? Type yes: "):
        return "Nothing was removed."
    removed = await retention.prune(database, actor, age)
    await _remove_bytes(database)
    return f"Removed {_count(removed, 'thread')}."


def _consents(question: str) -> bool:
    if not sys.stdin.isatty():
        raise ConfigurationError("Nobody can be asked here whether to remove it: add --yes, or --dry-run.")
    return input(question).strip().lower() == "yes"


async def _remove_bytes(database: Database) -> None:
    settings = load_settings()
    blobs = Blobs(settings.files_url, settings.data_dir / "files")
    try:
        await Collector(database, blobs).collect()
    except Unavailable:
        raise Unavailable(
            "Every row is removed, but not yet all bytes of files, as their storage could not be reached. "
            "A running server goes on with that, or this command in five minutes."
        ) from None


async def _bytes_left(database: Database, user_id: UserId) -> users.BytesLeft:
    """Return what is left when whoever else is at it has had the time."""
    deadline = asyncio.get_running_loop().time() + BYTES_SECONDS
    while True:
        left = await users.bytes_left(database, user_id)
        if not left.being_removed or asyncio.get_running_loop().time() > deadline:
            return left
        await asyncio.sleep(_LOOK_SECONDS)


def _belongings(user: str, found: users.Belongings, has: str = "has") -> str:
    counted = ", ".join(
        (
            f"{_count(found.threads, 'thread')} with {_count(found.items, 'item')}",
            _count(found.files, "file"),
            _count(found.votes, "vote"),
            _count(found.sessions, "session"),
            f"{_count(found.imports, 'note')} of imports",
        )
    )
    return f"{one_line(user, 60)} {has} {counted}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
