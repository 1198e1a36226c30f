"""What an embedded PostgreSQL is once it runs, and where it can run."""

import os
import shutil
import stat
from pathlib import Path
from pwd import struct_passwd
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.db.embedded import ConnectionUrls, EmbeddedPostgres
from tests.db.processes import ask, parent, postmaster

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another account")


def give(folder: Path, account: struct_passwd) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def socket_folder(url: str) -> Path:
    return Path(dict(parse_qsl(urlsplit(url).query))["host"])


@pytest.mark.proves("DB-01")
async def test_data_survive_a_restart(folder: Path) -> None:
    with EmbeddedPostgres(folder / "new" / "data") as urls:
        await ask(urls.owner, "create table kept as select 42 as answer")
    with EmbeddedPostgres(folder / "new" / "data") as urls:
        assert await ask(urls.owner, "select answer from kept") == 42


@pytest.mark.proves("DB-02")
async def test_it_listens_on_a_socket_that_only_its_account_can_reach(postgres: ConnectionUrls) -> None:
    assert await ask(postgres.admin, "show listen_addresses") == ""
    status = socket_folder(postgres.app).stat()
    assert stat.S_IMODE(status.st_mode) == 0o700
    assert await ask(postgres.admin, "show unix_socket_permissions") == "0700"


@pytest.mark.proves("DB-10")
@pytest.mark.parametrize("role", ["chatkit_app", "chatkit_owner"])
async def test_neither_role_of_ours_has_power_over_the_cluster(postgres: ConnectionUrls, role: str) -> None:
    powers = "rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls"
    assert await ask(postgres.admin, f"select {powers} from pg_roles where rolname = '{role}'") is False


@pytest.mark.proves("DB-10")
async def test_the_applications_role_owns_nothing(postgres: ConnectionUrls) -> None:
    query = "select count(*) from pg_shdepend where refobjid = 'chatkit_app'::regrole and deptype = 'o'"
    assert await ask(postgres.admin, query) == 0


@pytest.mark.proves("DB-11")
async def test_text_is_utf8_and_sorts_the_same_whatever_the_machine_speaks(
    folder: Path, postgres: ConnectionUrls
) -> None:
    words = "select string_agg(w, '' order by w) from unnest(array['ä', 'b', 'B', 'a', 'Z', 'I']) w"
    turkish = "tr_TR.ISO-8859-9"
    async with parent(folder, LANG=turkish, LC_ALL=turkish) as running:
        for url in (running.app, postgres.app):
            assert await ask(url, "show server_encoding") == "UTF8"
            assert await ask(url, words) == "BIZabä"
            assert await ask(url, "select upper('äi') || lower('ÄI')") == "ÄIäi"


@pytest.mark.parametrize("name", ["with space", 'it\'s, "quoted": %41 @$x ümläut', "a" * 120])
async def test_it_runs_in_any_folder(data_dir: Path, name: str) -> None:
    async with parent(data_dir.rename(data_dir.with_name(name))) as running:
        assert await ask(running.app, "select 1") == 1
        elsewhere = socket_folder(running.app)
    assert not elsewhere.exists()


async def test_it_runs_for_an_ordinary_account(folder: Path, unprivileged: struct_passwd | None) -> None:
    if unprivileged is not None:
        give(folder, unprivileged)
    async with parent(folder / "data", account=unprivileged) as running:
        assert await ask(running.app, "select current_user") == "chatkit_app"
        expected = unprivileged.pw_uid if unprivileged else os.geteuid()
        assert Path(f"/proc/{postmaster(folder / 'data')}").stat().st_uid == expected


@as_root
@pytest.mark.proves("DB-05")
async def test_root_hands_it_to_an_unprivileged_account(data_dir: Path) -> None:
    async with parent(data_dir):
        assert Path(f"/proc/{postmaster(data_dir)}").stat().st_uid != 0


@as_root
@pytest.mark.proves("DB-05")
async def test_root_runs_it_where_nobody_else_may_enter_and_leaves_it_closed(
    data_dir: Path, folder: Path
) -> None:
    closed = folder / "root's own"
    closed.mkdir(mode=0o700)
    inside = data_dir.rename(closed / ".chatkit")
    async with parent(inside) as running:
        assert await ask(running.app, "select 1") == 1
        assert Path(f"/proc/{postmaster(inside)}").stat().st_uid != 0
    assert (closed.stat().st_uid, stat.S_IMODE(closed.stat().st_mode)) == (0, 0o700)


@as_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="takes rights away with setpriv")
async def test_it_runs_for_root_with_the_rights_it_has_in_a_container(data_dir: Path, folder: Path) -> None:
    closed = folder / "root's own"
    closed.mkdir(mode=0o700)
    inside = data_dir.rename(closed / ".chatkit")
    rights = "chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service sys_chroot setfcap"
    through = ["setpriv", "--bounding-set", ",".join(["-all", *(f"+{right}" for right in rights.split())])]
    async with (
        parent(inside, through=through) as running,
        parent(inside, through=through) as second,
    ):
        assert second.answer == running.answer
        assert await ask(running.app, "select 1") == 1


@as_root
@pytest.mark.proves("DB-05")
async def test_root_runs_it_as_the_account_that_owns_the_data(
    data_dir: Path, unprivileged: struct_passwd
) -> None:
    give(data_dir, unprivileged)
    async with parent(data_dir) as running:
        assert await ask(running.app, "select 1") == 1
        assert Path(f"/proc/{postmaster(data_dir)}").stat().st_uid == unprivileged.pw_uid


async def test_its_log_holds_nothing_of_what_people_wrote(postgres: ConnectionUrls) -> None:
    settings = ("log_min_messages", "log_min_error_statement", "log_error_verbosity", "log_statement")
    found = [await ask(postgres.admin, f"show {name}") for name in settings]
    assert found == ["log", "panic", "terse", "none"]
