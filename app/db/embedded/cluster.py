"""Making a new data folder: `initdb`, then the roles and the database, all before a server first runs on it.

Roles: `postgres` bootstraps and administers, `chatkit_owner` owns the database and migrates it, `chatkit_app` is
what the application connects as and owns nothing. None has a password: only their own user can enter the folder
of the socket.
"""

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from app.db.embedded.account import Account
from app.db.embedded.binaries import Binaries
from app.db.embedded.command import prepare
from app.db.embedded.layout import Layout
from app.db.embedded.lock import FolderLock
from app.errors import ConfigurationError

logger = logging.getLogger(__name__)

ADMIN = "postgres"
OWNER = "chatkit_owner"
APP = "chatkit_app"
DATABASE = "chatkit"

# Single-user mode takes one statement a line.
_ROLES_AND_DATABASE = f"""\
create role {OWNER} login nosuperuser nocreaterole nocreatedb
create role {APP} login nosuperuser nocreaterole nocreatedb
create database {DATABASE} owner {OWNER}
"""


def create_cluster(
    layout: Layout, binaries: Binaries, account: Account, lock: FolderLock, *, durable: bool
) -> None:
    """Make `layout.data`, which must not exist; it appears when it is complete or not at all.

    `durable=False` leaves the flushing to disk out. Raises `ConfigurationError` with PostgreSQL's own reason.
    """
    logger.info("creating database", extra={"folder": str(layout.home), "postgres": binaries.version})
    shutil.rmtree(layout.unfinished, ignore_errors=True)  # of a start that was killed
    layout.make_private(layout.unfinished, account)
    settings = ["-c", "exit_on_error=on", "-c", f"fsync={'on' if durable else 'off'}"]
    try:
        initdb = [binaries.initdb, f"--username={ADMIN}", "--auth=trust", *_locale(binaries)]
        _run(layout, account, lock, [*initdb] if durable else [*initdb, "--no-sync"])
        _run(layout, account, lock, [binaries.postgres, "--single", *settings, ADMIN], _ROLES_AND_DATABASE)
        layout.unfinished.rename(layout.data)
        _flush(layout.home)
    except BaseException:
        shutil.rmtree(layout.unfinished, ignore_errors=True)
        raise


def _locale(binaries: Binaries) -> list[str]:
    """Return the options that make text sort and fold the same whatever the machine's own locale is."""
    if binaries.major < 17:
        return ["--encoding=UTF8", "--no-locale"]
    return ["--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _run(layout: Layout, account: Account, lock: FolderLock, command: Sequence[str], stdin: str = "") -> None:
    with prepare(account, lock, layout.unfinished, command) as launch:
        done = subprocess.run(  # noqa: S603
            launch.arguments, input=stdin, capture_output=True, text=True, check=False, **launch.options
        )
    if done.returncode != 0:
        raise ConfigurationError(
            f"PostgreSQL could not create its data in {layout.home}: {_complaint(done.stderr)}. Free the disk, make "
            "the folder writable, or choose another CHATKIT_DATA_DIR; CHATKIT_DATABASE_URL does without one."
        )


def _complaint(output: str) -> str:
    """Return the line in which a PostgreSQL program says why it failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    marked = [line for line in lines if re.search(r"\b(error|fatal|panic|cannot)\b", line, re.IGNORECASE)]
    return (marked or lines or ["it gave no reason"])[0].rstrip(".")


def _flush(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
