"""A later run adds what is new, changes what changed, and loses nothing that was saved."""

import json
from pathlib import Path

import pytest

from app.agent_builder.archive.layout import earlier_path
from tests.agent_builder.conftest import Export, FakeTime, content
from tests.hosted_api import Answer, FakeHostedApi, Project
from tests.hosted_api.api import error
from tests.hosted_api.project import Record

EVERYTHING = pytest.mark.parametrize("options", [(), ("--delta",)], ids=["full", "delta"])


def library(threads: int = 5) -> Project:
    project = Project()
    for number in range(threads):
        thread_id = project.add_thread(f"cthr_{number:03}", user=f"reader-{number % 2}")
        for question in range(number + 1):
            project.add_exchange(thread_id, f"Question {question}?")
    return project


@pytest.mark.proves("AB-73")
@EVERYTHING
def test_nothing_new_changes_nothing(export: Export, options: tuple[str, ...]) -> None:
    with FakeHostedApi(library()) as hosted:
        first = export(hosted)
        before = content(first.out)
        second = export(hosted, *options)

    after = content(second.out)
    assert after.keys() == before.keys()
    assert [path for path in before if before[path] != after[path]] == ["manifest.json"]
    assert json.loads(before["manifest.json"])["content_sha256"] == second.archive.manifest["content_sha256"]
    assert second.report["this_run"] == {
        "added": 0,
        "changed": 0,
        "unchanged": 5,
        "failed": 0,
        "not_listed": 0,
    }
    assert len(second.archive.manifest["runs"]) == 2


@pytest.mark.proves("AB-73")
@EVERYTHING
def test_new_threads_items_and_titles_are_added(export: Export, options: tuple[str, ...]) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        export(hosted)
        project.add_exchange("cthr_002", "And now?")
        project.add_exchange(project.add_thread("cthr_new"))
        renamed = project.threads[1].text.replace("About cthr_001", "Renamed")
        project.threads[1] = Record("cthr_001", renamed)
        outcome = export(hosted, *options)
        fresh = export(hosted, out=outcome.out.with_name("fresh"))

    assert outcome.report["this_run"] == {
        "added": 1,
        "changed": 1,
        "unchanged": 4,
        "failed": 0,
        "not_listed": 0,
    }
    assert outcome.archive.manifest["content_sha256"] == fresh.archive.manifest["content_sha256"]
    assert list(outcome.archive.damages()) == []


@pytest.mark.proves("AB-73")
def test_delta_asks_for_nothing_before_the_last_user_message(export: Export) -> None:
    project = library(threads=0)
    thread_id = project.add_thread("cthr_long")
    for _ in range(150):
        project.add_exchange(thread_id)
    with FakeHostedApi(project) as hosted:
        export(hosted)
        before = len(hosted.requests)
        export(hosted, "--delta")

    items = [request for request in hosted.requests[before:] if request.path.endswith("/items")]
    assert [request.query["after"] for request in items] == [project.items[thread_id][297].id]


@pytest.mark.proves("AB-73")
@EVERYTHING
def test_an_item_that_changed_in_place_is_read_again_and_its_old_form_kept(
    export: Export, options: tuple[str, ...]
) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        first = export(hosted)
        before = (first.out / "items/cthr_003.jsonl").read_bytes()
        entry = first.archive.items_entry("cthr_003")
        last = project.items["cthr_003"][-1]
        project.items["cthr_003"][-1] = Record(last.id, last.text.replace("It is.", "It was."))
        outcome = export(hosted, *options)

    assert list(outcome.archive.items("cthr_003")) == project.lines("cthr_003")
    assert entry is not None
    assert (outcome.out / earlier_path("cthr_003", entry["sha256"])).read_bytes() == before
    assert outcome.archive.entry(earlier_path("cthr_003", entry["sha256"])) is not None
    assert list(outcome.archive.damages()) == []


@pytest.mark.proves("AB-73")
def test_delta_reads_a_thread_again_if_its_place_to_go_on_is_gone(export: Export) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        export(hosted)
        del project.items["cthr_004"][:9]
        project.add_exchange("cthr_004", "Anew?")
        outcome = export(hosted, "--delta")

    assert list(outcome.archive.items("cthr_004")) == project.lines("cthr_004")
    assert len(list(outcome.out.glob("earlier/cthr_004.*"))) == 1


@pytest.mark.proves("AB-72")
@EVERYTHING
def test_an_api_that_has_lost_everything_does_not_empty_the_archive(
    export: Export, options: tuple[str, ...]
) -> None:
    project = library()
    lines = {one.id: project.lines(one.id) for one in project.threads}
    with FakeHostedApi(project) as hosted:
        export(hosted)
        project.items = {thread_id: [] for thread_id in project.items}
        emptied = export(hosted, *options)
        project.threads = []
        vanished = export(hosted, *options)

    for outcome in (emptied, vanished):
        assert {thread_id: list(outcome.archive.items(thread_id)) for thread_id in lines} == lines
        assert len(list(outcome.archive.threads())) == 5
    assert vanished.report["this_run"]["not_listed"] == 5


@pytest.mark.proves("AB-72")
def test_a_thread_that_breaks_off_keeps_its_longer_version(export: Export) -> None:
    project = library()
    for _ in range(60):
        project.add_exchange("cthr_002")
    lines = project.lines("cthr_002")
    with FakeHostedApi(project) as hosted:
        export(hosted)
        broken = error(404, "Gone.")
        hosted.interceptors.append(
            lambda request: (
                broken if "cthr_002/items" in request.path and request.query.get("after") else None
            )
        )
        outcome = export(hosted)

    assert outcome.code == 1
    assert list(outcome.archive.items("cthr_002")) == lines
    assert list(outcome.archive.damages()) == []


@pytest.mark.proves("AB-73")
def test_failed_threads_are_read_by_the_next_delta(export: Export) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(
            lambda request: error(403, "No.") if "cthr_002/items" in request.path else None
        )
        failed = export(hosted)
        hosted.interceptors.clear()
        outcome = export(hosted, "--delta")

    assert [failure["thread_id"] for failure in failed.report["failures"]] == ["cthr_002"]
    assert outcome.code == 0
    assert outcome.report["this_run"]["added"] == 1
    assert list(outcome.archive.items("cthr_002")) == project.lines("cthr_002")


@pytest.mark.proves("AB-73")
def test_runs_for_single_users_add_up(export: Export) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(
            lambda request: error(403, "No.") if "cthr_002/items" in request.path else None
        )
        export(hosted, "--user", "reader-0")
        outcome = export(hosted, "--user", "reader-1")

    assert len(list(outcome.archive.threads())) == 5
    assert outcome.report["this_run"]["not_listed"] == 0
    assert [failure["thread_id"] for failure in outcome.report["failures"]] == ["cthr_002"]
    assert list(outcome.archive.items("cthr_000")) == project.lines("cthr_000")


@pytest.mark.proves("AB-73")
def test_previews_signed_anew_are_no_change(export: Export) -> None:
    project = library()
    project.previews["a.png"] = b"png"
    with FakeHostedApi(project) as hosted:
        attachment = {"id": "cfile_1", "type": "image", "name": "a", "mime_type": "image/png"}
        url = f"{hosted.origin}/previews/a.png?signature="
        project.add_user_message("cthr_001", "look", [{**attachment, "preview_url": f"{url}1"}])
        first = export(hosted)
        before = content(first.out)
        last = project.items["cthr_001"][-1]
        project.items["cthr_001"][-1] = Record(last.id, last.text.replace("signature=1", "signature=2"))
        outcome = export(hosted)

    assert outcome.report["this_run"]["changed"] == 0
    assert content(outcome.out)["items/cthr_001.jsonl"] == before["items/cthr_001.jsonl"]
    assert sum("/previews/" in target for target in hosted.targets()) == 1


def test_an_archive_of_a_newer_version_is_left_alone(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        out = export(hosted).out
        manifest = out / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 2'))
        before = content(out)
        outcome = export(hosted)

    assert outcome.code == 2
    assert "archive of version 2; this release reads up to 1" in outcome.said
    assert content(out) == before


def test_a_directory_with_other_things_in_it_is_left_alone(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome_directory = export(hosted).out.with_name("documents")
        outcome_directory.mkdir()
        (outcome_directory / "thesis.txt").write_text("mine")
        outcome = export(hosted, out=outcome_directory)

    assert outcome.code == 2
    assert "is not empty and is not an archive" in outcome.said
    assert content(outcome_directory) == {"thesis.txt": b"mine"}


def test_what_a_desktop_leaves_in_a_folder_is_no_obstacle(export: Export, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/.DS_Store").touch()
    with FakeHostedApi(library()) as hosted:
        assert export(hosted).code == 0


@pytest.mark.proves("AB-72")
def test_an_interrupted_export_is_only_resumed_with_the_same_options(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(
            lambda request: error(401, "Revoked.") if "/items" in request.path else None
        )
        export(hosted, "--user", "reader-1")
        hosted.interceptors.clear()
        other = export(hosted)
        same = export(hosted, "--user", "reader-1")

    assert other.code == 2
    assert "unfinished export of" in other.said
    assert "--user reader-1" in other.said
    assert same.code == 0


@pytest.mark.proves("AB-72")
def test_finish_makes_an_archive_of_what_an_interrupted_run_has(export: Export) -> None:
    project = library(threads=30)
    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(lambda request: Answer(401) if "cthr_020/items" in request.path else None)
        export(hosted, "--concurrency", "1", time=FakeTime())
        asked = len(hosted.requests)
        outcome = export(hosted, "--finish")

    assert len(hosted.requests) == asked
    assert outcome.code == 1
    assert outcome.report["counts"]["threads"] == 30
    assert len(outcome.report["failures"]) == 10
    assert outcome.report["failures"][0]["reason"] == "not read to its end: the export was closed before"
    assert list(outcome.archive.items("cthr_019")) == project.lines("cthr_019")
    assert list(outcome.archive.damages()) == []


def test_there_must_be_something_to_finish(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted, "--finish")

    assert outcome.code == 2
    assert "holds no interrupted export to finish" in outcome.said


def test_an_export_that_never_began_does_not_bind_the_next_one(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        refused = export(hosted, "--user", "reader-1", key="sk-wrong")
        outcome = export(hosted)

    assert (refused.code, outcome.code) == (2, 0)
    assert len(list(outcome.archive.threads())) == 5
