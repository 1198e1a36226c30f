"""Whom PostgreSQL runs as. It refuses to run as root, so root hands it to an unprivileged account."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigurationError

_CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group id; the one of this process, unless this process is root."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether a child process has this account without any change of identity."""
        return self.uid == os.geteuid()

    def owns(self, path: Path) -> bool:
        """Say whether `path` belongs to this account."""
        return path.stat().st_uid == self.uid

    def can_reach(self, path: Path) -> bool:
        """Say whether this account can walk to `path` by name, judging by owner, group and mode alone.

        Access control lists may grant more; the answer is then a harmless "no".
        """
        return all(self._may_enter(folder) for folder in path.resolve().parents)

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def server_account(data: Path) -> Account:
    """Return the account for a server on the folder `data`, which need not exist yet.

    As root: the owner of existing data, else a standard unprivileged account. Raises `ConfigurationError` where
    there is no account that PostgreSQL would accept.
    """
    owner = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner.st_uid != os.geteuid():
            raise ConfigurationError(
                f"{data} belongs to user id {owner.st_uid}, but this is user id {os.geteuid()}: start the server as "
                "that user, or choose another CHATKIT_DATA_DIR."
            )
        return Account(os.geteuid(), os.getegid())
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = next(filter(None, map(_entry, _CANDIDATES)), None)
    if entry is None:
        raise ConfigurationError(
            "PostgreSQL refuses to run as root, and this machine has no unprivileged account "
            f"({', '.join(_CANDIDATES)}) to hand it to: start as an ordinary user, or set CHATKIT_DATABASE_URL."
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
