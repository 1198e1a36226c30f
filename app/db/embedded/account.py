"""Whom PostgreSQL runs as. It refuses to run as root, so root hands it to an unprivileged account."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigurationError

_UNPRIVILEGED = ("postgres", "nobody", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group id; those of this process, unless this process is root."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether a child process has this account without a change of identity."""
        return self.uid == os.geteuid()

    def can_reach(self, path: Path) -> bool:
        """Say whether this account can walk to `path` by name, judging by owner, group and mode alone.

        Access control lists may grant more; the answer is then a harmless "no". `path` need not exist.
        """
        return all(self._may_enter(folder.stat()) for folder in path.parents)

    def _may_enter(self, folder: os.stat_result) -> bool:
        if folder.st_uid == self.uid:
            return bool(folder.st_mode & stat.S_IXUSR)
        if folder.st_gid == self.gid:
            return bool(folder.st_mode & stat.S_IXGRP)
        return bool(folder.st_mode & stat.S_IXOTH)


def server_account(data: Path) -> Account:
    """Return the account for a server on the folder `data`, which need not exist yet.

    As root: the owner of existing data, else a standard unprivileged account. Raises `ConfigurationError`
    where there is no account that PostgreSQL would accept.
    """
    refuse_another_users(data)
    owner = data.stat() if data.exists() else None
    if os.geteuid() == 0:
        return _under_root(data, owner)
    if owner is None and _is_unknown(os.geteuid()):
        raise ConfigurationError(
            f"PostgreSQL makes no data folder for user id {os.geteuid()}, which has no entry in /etc/passwd: "
            "add one, start as another user, or set CHATKIT_DATABASE_URL to use a database elsewhere."
        )
    return Account(os.geteuid(), os.getegid())


def refuse_another_users(data: Path) -> None:
    """Raise `ConfigurationError` where `data` exist and are not for this process to touch."""
    if os.geteuid() != 0 and data.exists() and data.stat().st_uid != os.geteuid():
        raise ConfigurationError(
            f"{data} belongs to user id {data.stat().st_uid}, but this is user id {os.geteuid()}: start as "
            "that user, or choose another folder with CHATKIT_DATA_DIR."
        )


def _under_root(data: Path, owner: os.stat_result | None) -> Account:
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = next(filter(None, map(_entry, _UNPRIVILEGED)), None)
    if entry is None:
        raise ConfigurationError(
            "PostgreSQL refuses to run as root, and this machine has no unprivileged account "
            f"({', '.join(_UNPRIVILEGED)}): start as an ordinary user, or set CHATKIT_DATABASE_URL."
        )
    if owner is not None:
        raise ConfigurationError(
            f"{data} belongs to root, as whom PostgreSQL refuses to run: `chown -R {entry.pw_name}` it."
        )
    return Account(entry.pw_uid, entry.pw_gid)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _is_unknown(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return True
    return False
