"""`chatkit-server threads …` as an operator runs it."""

import argparse
import asyncio
import json
import os
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.admin import scan
from app.admin.commands import add_commands
from app.admin.queries import ThreadFilter
from app.admin.reports import report_matches, report_thread, report_threads
from app.admin.terminal import columns
from tests.admin.conftest import ADMIN, Office

PATIENCE = 60.0


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(required=True))
    return parser.parse_args(["threads", *arguments])


async def run(*arguments: str, **environ: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**{name: os.environ[name] for name in os.environ if not name.startswith("CHATKIT_")}, **environ},
    )
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    return process.returncode or 0, out.decode(), err.decode()


async def threads_command(url: str, *arguments: str, **environ: str) -> tuple[int, str, str]:
    return await run("-m", "app.cli", "threads", *arguments, CHATKIT_DATABASE_URL=url, **environ)


async def test_threads_are_listed_and_a_page_says_how_to_go_on(office: Office, database_url: str) -> None:
    code, first, _ = await threads_command(database_url, "list", "--limit", "2")
    assert code == 0
    assert first.index("thr_bob") < first.index("thr_tea")
    assert "thr_old" not in first
    after = first.split("--after ")[1].strip()
    _, second, _ = await threads_command(database_url, "list", "--limit", "2", "--after", after, "--json")
    (thread,) = json.loads(second)["threads"]
    assert (thread["id"], thread["status_reason"], thread["user_id"]) == ("thr_old", "unpaid", "ann")


async def test_a_thread_that_is_not_there_is_one_sentence_and_a_failure(
    office: Office, database_url: str
) -> None:
    code, out, err = await threads_command(database_url, "show", "thr_none")
    assert (code, out, err) == (1, "", "chatkit-server: There is no such thread.\n")


async def test_output_that_the_terminal_cannot_show_is_no_failure(office: Office, database_url: str) -> None:
    code, out, _ = await threads_command(database_url, "search", "sure_thing", PYTHONIOENCODING="ascii")
    assert code == 0
    assert "\\u8336" in out


async def reports(office: Office, *, as_json: bool) -> list[str]:
    database = office.database
    return [
        await report_threads(database, ADMIN, ThreadFilter(), limit=10, after=None, as_json=as_json),
        await report_thread(database, ADMIN, "thr_tea", items=2, as_json=as_json),
        await report_matches(database, ADMIN, "tea", limit=1, user_id=None, since=None, as_json=as_json),
        await report_matches(database, ADMIN, "sure_t", limit=9, user_id=None, since=None, as_json=as_json),
        await report_matches(
            database, ADMIN, "nothing at all", limit=9, user_id=None, since=None, as_json=as_json
        ),
        await report_threads(database, ADMIN, ThreadFilter("nobody"), limit=10, after=None, as_json=as_json),
    ]


@pytest.mark.parametrize("terminal", ["20", "80", "93", "400"])
async def test_reports_keep_to_80_to_100_columns(
    office: Office, terminal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", terminal)
    await office.thread("thr_" + "x" * 32, "user-" + "y" * 90, "long title " * 30, minute=40)
    await office.say("thr_tea", "ann", "assistant", "tea " * 200)
    await office.turn("thr_tea", "turn_" + "z" * 32, "interrupted", model="m" * 60, error="worker_lost")
    widest = min(max(int(terminal), 80), 100)
    for report in await reports(office, as_json=False):
        assert max(columns(line) for line in report.splitlines()) <= widest
        assert report.strip()


async def test_reports_say_what_matters(office: Office) -> None:
    listed, shown, found, as_it_stands, nothing, nobody = await reports(office, as_json=False)
    assert "ann · Tea" in listed
    assert "1 more before these" in shown
    assert "assistant, turn failed (model_error)" in shown
    assert "hidden" in shown
    assert "turn_1" in shown
    assert "more" in found
    assert "sure_thing" in as_it_stands
    assert "these have the text" in as_it_stands
    assert (nothing, nobody) == ("Nothing found.", "No threads.")


@pytest.mark.parametrize("as_json", [True, False])
async def test_what_users_wrote_does_not_reach_the_terminal_raw(office: Office, as_json: bool) -> None:
    hostile = "tea \x1b]0;owned\x07 \x9b31m \u202e \r gone"
    await office.thread("thr_tea", "ann", hostile, minute=59)
    await office.say("thr_tea", "ann", "user", hostile)
    for report in await reports(office, as_json=as_json):
        assert all(character.isprintable() or character == "\n" for character in report)


async def test_json_holds_all_there_is_to_know(office: Office) -> None:
    listed, shown, found, _, nothing, _ = [
        json.loads(report) for report in await reports(office, as_json=True)
    ]
    assert listed["threads"][1]["last_message"] == "Green tea, of course"
    assert [item["seq"] for item in shown["items"]] == [2, 3]
    assert shown["turns"][0]["error"] == "model_error"
    assert datetime.fromisoformat(shown["thread"]["created_at"]).utcoffset() == timedelta(0)
    assert (found["matched_by"], found["more"]) == ("words", True)
    assert nothing == {"matches": [], "matched_by": "substring", "more": False, "whole": True}


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(7)),
        ("2w", timedelta(14)),
    ],
)
def test_since_may_be_a_time_ago(text: str, ago: timedelta) -> None:
    before = datetime.now().astimezone()
    assert before - ago <= parse("list", "--since", text).since <= datetime.now().astimezone() - ago


def test_since_may_be_a_date_of_this_machines_calendar() -> None:
    assert parse("search", "x", "--since", "2026-11-22").since == datetime(2026, 11, 22).astimezone()


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--since", "yesterday"),
        ("list", "--since", "99999999999999d"),
        ("list", "--limit", "0"),
        ("list", "--limit", "1001"),
        ("list", "--limit", "x"),
        ("list", "--status", "gone"),
        ("list", "--user", "a\x00"),
        ("show",),
        ("show", "a\udc80"),
        ("search",),
        (),
    ],
)
def test_wrong_use_is_refused_with_a_sentence(arguments: tuple[str, ...], capsys: Any) -> None:
    with pytest.raises(SystemExit) as left:
        parse(*arguments)
    assert left.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.proves("SDK-3")
async def test_knowing_the_commands_imports_nothing_heavy() -> None:
    script = "import sys, app.admin.commands; print({'sqlalchemy', 'chatkit', 'asyncpg'} & set(sys.modules))"
    assert await run("-c", script) == (0, "set()\n", "")


async def test_a_search_that_was_given_up_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "PAGES", 1)
    fill = """insert into chatkit.thread_items (thread_id, seq, id, type, text, created_at, payload)
              select 'thr_tea', n + 100, n::text, 'x', 'filler', now(), '{}' from generate_series(1, 500) n"""
    await office.run(sa.text(fill))
    report = await report_matches(
        office.database, ADMIN, "not there", limit=1, user_id=None, since=None, as_json=False, seconds=0
    )
    assert "Nothing found" in report
    assert "Only what was written last was read" in report


async def test_an_operator_locks_closes_and_opens_a_thread(office: Office, database_url: str) -> None:
    async def status() -> tuple[str, str | None]:
        _, out, _ = await threads_command(database_url, "show", "thr_tea", "--json")
        thread = json.loads(out)["thread"]
        return thread["status"], thread["status_reason"]

    code, out, _ = await threads_command(database_url, "lock", "thr_tea", "--reason", "Under review.")
    assert (code, out.strip()) == (0, "thr_tea is locked.")
    assert await status() == ("locked", "Under review.")
    await threads_command(database_url, "close", "thr_tea")
    assert await status() == ("closed", None)
    await threads_command(database_url, "unlock", "thr_tea")
    assert await status() == ("active", None)
    code, _, err = await threads_command(database_url, "lock", "thr_none")
    assert (code, err.strip()) == (1, "chatkit-server: There is no such thread.")


@pytest.mark.parametrize("reason", ["", " ", "x" * 501, "two\nlines"])
def test_a_reason_is_one_line_that_can_be_shown(reason: str) -> None:
    with pytest.raises(SystemExit):
        parse("lock", "thr_1", "--reason", reason)
