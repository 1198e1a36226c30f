"""Making a new data folder: `initdb`, then roles and database, all before a server first runs on it.

`postgres` bootstraps and administers, `chatkit_owner` owns the database and migrates it, `chatkit_app` is
what the application connects as and owns nothing. None has a password: only their user can enter the socket's
folder.
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
    """Make `layout.data`, which must not exist; it appears complete or not at all.

    `durable=False` leaves out flushing to disk. Raises `ConfigurationError` with PostgreSQL's own reason.
    """
    logger.info("creating the database", extra={"folder": str(layout.home), "postgres": binaries.version})
    shutil.rmtree(layout.unfinished, ignore_errors=True)  # of a start that was killed
    layout.make_private(layout.unfinished, account)
    initdb = [binaries.initdb, f"--username={ADMIN}", "--auth=trust", *_locale(binaries.major)]
    single = [
        binaries.postgres,
        "--single",
        "-c",
        "exit_on_error=on",
        "-c",
        f"fsync={'on' if durable else 'off'}",
    ]
    try:
        _run(layout, account, lock, initdb if durable else [*initdb, "--no-sync"])
        _run(layout, account, lock, [*single, ADMIN], _ROLES_AND_DATABASE)
        layout.unfinished.rename(layout.data)
    except BaseException:
        shutil.rmtree(layout.unfinished, ignore_errors=True)
        raise
    if durable:
        _flush_names(layout.home)


def _locale(major: int) -> list[str]:
    """Return the options that make text sort and fold the same whatever the machine's own locale is."""
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
    return ["--encoding=UTF8", "--no-locale", *builtin]


def _run(layout: Layout, account: Account, lock: FolderLock, command: Sequence[str], stdin: str = "") -> None:
    with prepare(account, lock, layout.unfinished, command) as launch:
        done = subprocess.run(  # noqa: S603
            launch.arguments, input=stdin, capture_output=True, text=True, check=False, **launch.options
        )
    if done.returncode != 0:
        raise ConfigurationError(
            f"PostgreSQL could not create its data in {layout.home}: {_complaint(done.stderr)}. Make room, "
            "or choose another folder with CHATKIT_DATA_DIR; with CHATKIT_DATABASE_URL none is needed."
        )


def _complaint(output: str) -> str:
    """Return the line in which a PostgreSQL program says why it failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    marked = [line for line in lines if re.search(r"\b(error|fatal|panic|cannot)\b", line, re.IGNORECASE)]
    return (marked or lines or ["it gave no reason"])[0].rstrip(".")


def _flush_names(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
