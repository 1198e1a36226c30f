"""Other processes that run an embedded PostgreSQL, and what is left of them."""

import asyncio
import json
import os
import pwd
import shutil
import stat
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds that a test waits for anything before it fails."""

_WAIT_FOR_LOCK = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX)"


@dataclass
class Parent:
    """A process that runs, or uses, the server of a data folder."""

    process: Process
    answer: dict[str, str]

    @property
    def app(self) -> str:
        """The URL it gave for the application's role."""
        return self.answer["app"]

    async def ended(self, within: float = PATIENCE) -> int:
        """Wait for its end and return its exit code, negative for a signal."""
        async with asyncio.timeout(within):
            return await self.process.wait()


@asynccontextmanager
async def parent(
    data_dir: Path,
    *options: str,
    account: pwd.struct_passwd | None = None,
    through: Sequence[str] = (),
    **variables: str,
) -> AsyncIterator[Parent]:
    """Run `embedded_parent.py`, as `account` where one is given, and read its answer."""
    process = await start_parent(data_dir, *options, account=account, through=through, **variables)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        async with asyncio.timeout(PATIENCE):
            answer = json.loads(await process.stdout.readline())
        yield Parent(process, answer)
    finally:
        process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            await process.wait()


async def start_parent(
    data_dir: Path,
    *options: str,
    account: pwd.struct_passwd | None = None,
    through: Sequence[str] = (),
    **variables: str,
) -> Process:
    """Start the same without waiting for its answer, `through` another program where one is given."""
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    return await asyncio.create_subprocess_exec(
        *through,
        python_for(account),
        str(REPOSITORY / "tests/db/embedded_parent.py"),
        str(data_dir),
        *options,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(python_path()), **variables},
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        **identity,  # type: ignore[arg-type]
    )


def python_path() -> list[str]:
    """Where the repository and the wheel are, for an interpreter outside the virtual environment."""
    return [str(REPOSITORY), *(folder for folder in sys.path if folder.endswith("site-packages"))]


def python_for(account: pwd.struct_passwd | None) -> str:
    """Return an interpreter that `account` can run: ours may lie in a folder that is closed to it."""
    candidates = [sys.executable, shutil.which("python3", path="/usr/bin:/usr/local/bin") or ""]
    for candidate in candidates:
        real = Path(candidate).resolve()
        if account is None or all(folder.stat().st_mode & stat.S_IXOTH for folder in real.parents):
            return candidate
    raise RuntimeError("no Python 3.11 or newer that another account can run")


async def nobody_runs(data_dir: Path, within: float) -> None:
    """Return when every process of the server has gone."""
    await lock_is_free(data_dir, within)
    assert server_processes(data_dir) == set()


async def lock_is_free(data_dir: Path, within: float) -> None:
    """Return when no process holds the folder's lock any more."""
    (lock,) = data_dir.glob("postgres-*/lock")
    waiting = await asyncio.create_subprocess_exec(sys.executable, "-c", _WAIT_FOR_LOCK, str(lock))
    try:
        async with asyncio.timeout(within):
            await waiting.wait()
    finally:
        if waiting.returncode is None:
            waiting.kill()
            await waiting.wait()


def server_processes(data_dir: Path) -> set[int]:
    """Return the processes that work in the data folder, as all of PostgreSQL's do."""
    (data,) = data_dir.glob("postgres-*/data")
    found = set()
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and os.path.samefile(process / "cwd", data):
                found.add(int(process.name))
        except OSError:
            continue  # ended, or another user's
    return found


def postmaster(data_dir: Path) -> int:
    """Return the process id of the running server."""
    (pid_file,) = data_dir.glob("postgres-*/data/postmaster.pid")
    return int(pid_file.read_text().splitlines()[0])


async def ask(url: str, query: str) -> object:
    """Return the single value of `query` over a connection of its own."""
    connection = await asyncpg.connect(url, timeout=PATIENCE)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
