"""What the person who runs an export reads."""

import argparse
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.agent_builder.export.progress import Progress, duration
from app.agent_builder.export.summary import BY_HAND
from app.cli import _parser
from tests.agent_builder.conftest import NOON, Export, FakeTime
from tests.hosted_api import FakeHostedApi, Project
from tests.hosted_api.api import error
from tools.tracked import ROOT


def library(threads: int = 4) -> Project:
    project = Project()
    for number in range(threads):
        project.add_exchange(project.add_thread(f"cthr_{number}", user=f"reader-{number % 2}"))
    return project


@pytest.mark.proves("AB-74")
def test_the_summary_says_what_is_saved_and_what_to_save_by_hand(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted, json=False)

    assert "4 threads of 2 users, with 8 items" in outcome.printed
    assert "Nothing failed." in outcome.printed
    assert "8 days are left until Agent Builder shuts down on 30 November 2026." in outcome.printed
    for word in ("Python", "TypeScript", ".widget", "MCP", "workflow as JSON", "version"):
        assert word in " ".join(BY_HAND)
    assert all(f"[ ] {what}" in outcome.printed for what in BY_HAND)


@pytest.mark.proves("AB-74")
@pytest.mark.parametrize(
    ("days", "words"),
    [
        (7, "1 day is left until"),
        (8, "TODAY is the last day until"),
        (9, "Agent Builder shut down on 30 November 2026. What still opens, save by hand now:"),
    ],
)
def test_the_last_days_are_counted(export: Export, days: int, words: str) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted, json=False, time=FakeTime(NOON + timedelta(days=days)))

    assert words in outcome.printed


def test_failures_are_grouped_by_reason_with_examples_and_the_way_to_try_again(export: Export) -> None:
    with FakeHostedApi(library(threads=9)) as hosted:
        hosted.interceptors.append(lambda request: error(403, "No.") if "/items" in request.path else None)
        outcome = export(hosted, json=False)

    assert "9 threads not saved whole:" in outcome.printed
    assert "  9 x 403 Forbidden: cthr_0, cthr_1, cthr_2 and 6 more" in outcome.printed
    assert "add --delta to the same command" in outcome.printed


def test_json_is_one_object_on_standard_output_and_progress_is_elsewhere(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted)

    report = json.loads(outcome.printed)
    assert report["complete"] is True
    assert report["counts"]["threads"] == 4
    assert report["days_left"] == 8
    assert "Saving ChatKit threads" in outcome.said


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def saved(items: int = 10, **fields: object) -> dict[str, object]:
    return {"file": {"items": items}, "attachments": [], "failure": None, **fields}


def test_progress_tells_rate_and_time_left_once_the_total_is_known() -> None:
    time = FakeTime()
    progress = Progress(_Terminal(), time.clock)
    for _ in range(1000):
        progress.listed(None)
    assert progress.line(120) == "[....................] 0 of 1,000 or more threads, 0 items"
    progress.listing_finished()
    time.passed = 10
    for _ in range(500):
        progress.saved(saved())
    assert progress.line(120) == "[##########..........] 500 of 1,000 threads, 50/s, 10 s left, 5,000 items"
    progress.saved(saved(attachments=[1, 2], failure={"reason": "404"}))
    assert progress.line(120).endswith("5,010 items, 2 attachments, 1 failed")
    assert len(progress.line(30)) == 30


def test_progress_says_that_and_why_it_waits() -> None:
    time = FakeTime()
    progress = Progress(_Terminal(), time.clock)
    progress.listed(None)
    progress.waiting(42, "429")
    assert "waiting 42 s (429)" in progress.line(120)
    time.passed = 43
    assert "waiting" not in progress.line(120)


def test_what_an_interrupted_run_saved_does_not_count_into_the_rate() -> None:
    time = FakeTime()
    progress = Progress(_Terminal(), time.clock)
    for _ in range(900):
        progress.listed(saved())
    for _ in range(100):
        progress.listed(None)
    progress.listing_finished()
    progress.line(120)
    time.passed = 10
    for _ in range(10):
        progress.saved(saved())
    assert "910 of 1,000 threads, 1.0/s, 90 s left" in progress.line(120).replace("2 min", "90 s")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (89, "89 s"), (90, "2 min"), (5399, "90 min"), (7200, "2.0 h")]
)
def test_durations_are_as_precise_as_a_person_waits(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.proves("AB-73")
def test_going_on_says_how_far_it_was(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(lambda request: error(401, "No.") if "cthr_2/" in request.path else None)
        export(hosted, "--concurrency", "1")
        hosted.interceptors.clear()
        outcome = export(hosted)

    assert "begun at 2026-11-22T12:00:00Z, 2 of 4 threads are saved." in outcome.said


def test_an_empty_project_is_questioned(export: Export) -> None:
    with FakeHostedApi(Project()) as hosted:
        outcome = export(hosted, json=False)

    assert outcome.code == 0
    assert "There are no threads. One key sees one project" in outcome.printed
    assert list(outcome.archive.threads()) == []


@pytest.mark.proves("AB-74")
def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every option of a command and of those below it."""
    for action in parser._actions:
        yield from action.option_strings
        for below in (action.choices or {}).values() if isinstance(action.choices, dict) else ():
            yield from options(below)


def test_the_way_out_names_only_options_and_files_that_exist() -> None:
    page = (ROOT / "docs/leaving-agent-builder.md").read_text()
    assert set(re.findall(r"--[a-z][a-z-]*", page)) <= set(options(_parser()))
    for target in re.findall(r"\]\(([^)#]+)\)", page):
        assert (ROOT / "docs" / target).exists()
    assert all(word in page for word in ("Python", "TypeScript", ".widget", "tokens", "workflow as JSON"))
