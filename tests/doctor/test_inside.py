"""Settings, database and storage as the doctor finds them in the server's environment."""

from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from app.db.embedded import ConnectionUrls
from app.db.urls import with_database
from app.ops.doctor.database import GUARDED
from tests.commands import command
from tests.doctor.conftest import doctor
from tests.serving import RunningServer


@pytest.mark.proves("REL-55")
async def test_a_database_with_nothing_wrong_is_said_to_be_fine(
    guarded: None, inside: dict[str, str]
) -> None:
    told = await doctor(**inside)
    assert (told.code, told.rules()) == (0, set()), told.out
    assert told.report["looked_at"] == ["settings", "database", "storage of files"]


@pytest.mark.proves("REL-55")
async def test_tables_without_row_level_security_are_named(
    guarded: None, owner: "asyncpg.Connection[asyncpg.Record]", inside: dict[str, str]
) -> None:
    await owner.execute("alter table chatkit.feedback disable row level security")
    told = await doctor(**inside)
    assert (told.code, told.rules()) == (1, {"row-security"})
    assert told.finding("row-security")["what"] == "Row-level security is off for feedback."
    assert {"threads", "attachments", "feedback"} <= set(GUARDED)


@pytest.mark.proves("REL-55")
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("update chatkit.alembic_version set version_num = '0001'", "schema"),
        ("update chatkit.alembic_version set version_num = '9999'", "schema"),
        ("drop schema chatkit cascade", "schema"),
        ("grant update on chatkit.audit_log to chatkit_app", "audit-log"),
    ],
)
async def test_a_schema_that_is_not_as_it_should_be_is_told(
    guarded: None,
    owner: "asyncpg.Connection[asyncpg.Record]",
    inside: dict[str, str],
    statement: str,
    rule: str,
) -> None:
    await owner.execute(statement)
    told = await doctor(**inside)
    assert (told.code, told.rules()) == (1, {rule}), told.out


@pytest.mark.proves("REL-55")
async def test_roles_that_may_do_too_much_are_told(
    guarded: None, postgres: ConnectionUrls, inside: dict[str, str], database_url: str
) -> None:
    name = urlsplit(database_url).path.lstrip("/")
    as_owner = await doctor(**inside | {"CHATKIT_DATABASE_URL": with_database(postgres.owner, name)})
    as_admin = await doctor(**inside | {"CHATKIT_DATABASE_URL": with_database(postgres.admin, name)})
    assert as_owner.rules() == {"owner-role"}
    assert as_admin.rules() == {"owner-role", "superuser"}


@pytest.mark.proves("REL-55")
async def test_a_pool_that_leaves_no_room_for_a_second_process_is_told(
    guarded: None, inside: dict[str, str]
) -> None:
    told = await doctor(CHATKIT_DATABASE_POOL_SIZE="60", **inside)
    assert told.rules() == {"connections"}


@pytest.mark.proves("REL-55")
async def test_a_database_that_is_away_is_one_finding_without_its_password(inside: dict[str, str]) -> None:
    url = "postgresql://chatkit_app:hidden-password@127.0.0.1:1/chatkit"
    told = await doctor(**inside | {"CHATKIT_DATABASE_URL": url})
    assert (told.code, told.rules()) == (1, {"database-unreachable"})
    assert "hidden-password" not in told.out + told.err


async def test_an_embedded_database_that_does_not_run_is_neither_started_nor_made(tmp_path: Path) -> None:
    told = await doctor(CHATKIT_DATA_DIR=str(tmp_path / "data"))
    assert (told.code, told.rules("note")) == (0, {"database-not-running"})
    assert not (tmp_path / "data").exists()


@pytest.mark.proves("REL-55")
async def test_unwise_settings_are_told(guarded: None, inside: dict[str, str]) -> None:
    told = await doctor(
        CHATKIT_HOST="0.0.0.0",
        CHATKIT_GUEST_ANYWHERE="true",
        CHATKIT_IMAGE_DOMAINS="*",
        CHATKIT_LOG_LEVEL="DEBUG",
        **inside | {"CHATKIT_SECRET_KEY": "a" * 40},
    )
    assert told.rules() == {"guest-anywhere", "any-image", "weak-key"}
    assert "debug-log" in told.rules("note")


async def test_what_is_accepted_is_left_out(guarded: None, inside: dict[str, str]) -> None:
    told = await doctor("--accept", "any-image", CHATKIT_IMAGE_DOMAINS="*", **inside)
    assert (told.code, told.rules()) == (0, set())


@pytest.mark.proves("REL-55")
async def test_a_storage_that_cannot_be_written_to_is_told_and_nothing_is_left_of_what_was_tried(
    guarded: None, server: RunningServer, inside: dict[str, str], tmp_path: Path
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    fine = await doctor(CHATKIT_FILES_URL=f"file://{files}", **inside)
    assert fine.rules() == set()
    assert [path for path in files.rglob("*") if path.is_file()] == []
    broken = tmp_path / "broken"
    broken.write_text("no folder")
    told = await doctor(CHATKIT_FILES_URL=f"file://{broken}", **inside)
    assert told.rules() == {"storage"}


@pytest.mark.parametrize(
    ("words", "environ"),
    [
        (("--origin", "https://app.example"), {}),
        (("--outside",), {}),
        (("chat.example",), {}),
        (("https://user:password@chat.example",), {}),
        (("--accept", "everything"), {}),
        ((), {"CHATKIT_PORT": "many"}),
        ((), {"CHATKIT_DATABASE_URL": "mysql://db.example/chatkit"}),
        ((), {"CHATKIT_FILES_URL": "ftp://db.example/chatkit"}),
    ],
)
async def test_wrong_usage_and_settings_are_exit_code_two(
    words: tuple[str, ...], environ: dict[str, str]
) -> None:
    told = await doctor(*words, **environ)
    assert (told.code, told.out) == (2, "")
    assert told.err


async def test_people_are_told_what_why_and_what_to_do(guarded: None, inside: dict[str, str]) -> None:
    told = await command("doctor", CHATKIT_IMAGE_DOMAINS="*", **inside)
    assert told.code == 1
    assert "✗ Answers may show images from any host. [any-image]" in told.out
    assert "  why: " in told.out
    assert "CHATKIT_IMAGE_DOMAINS=images.example.com" in told.out
    assert told.out.endswith("1 to be repaired.\n")
    assert max(map(len, told.out.splitlines())) <= 100
