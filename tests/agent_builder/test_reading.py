"""Reading a project that changes, misbehaves or is only wanted in part."""

import json

import pytest

from tests.agent_builder.conftest import Export
from tests.hosted_api import Answer, FakeHostedApi, Project, Request, Shape
from tests.hosted_api.api import error
from tests.hosted_api.project import START


def library(threads: int = 3, exchanges: int = 1) -> Project:
    project = Project()
    for number in range(threads):
        thread_id = project.add_thread(f"cthr_{number:03}", user=f"reader-{number % 2}")
        for _ in range(exchanges):
            project.add_exchange(thread_id)
    return project


def ids(lines: object) -> list[str]:
    return [json.loads(line)["id"] for line in lines]  # type: ignore[attr-defined]


@pytest.mark.proves("AB-70")
def test_nothing_but_get_is_ever_sent(export: Export) -> None:
    project = library()
    project.add_user_message("cthr_001", "look", [{"id": "cfile_1", "name": "a", "preview_url": None}])
    with FakeHostedApi(project) as hosted:
        export(hosted)
        export(hosted, "--delta")

    assert hosted.requests
    assert {request.method for request in hosted.requests} == {"GET"}


@pytest.mark.proves("AB-73")
def test_user_limits_the_list_and_may_be_repeated(export: Export) -> None:
    project = library(threads=4)
    project.add_thread("cthr_third", user="reader-9")
    with FakeHostedApi(project) as hosted:
        outcome = export(hosted, "--user", "reader-1", "--user", "reader-9")

    assert ids(outcome.archive.threads()) == ["cthr_001", "cthr_003", "cthr_third"]
    assert not any("cthr_000/" in target for target in hosted.targets())
    assert outcome.archive.manifest["runs"][0]["scope"]["users"] == ["reader-1", "reader-9"]


@pytest.mark.proves("AB-73")
def test_since_leaves_older_threads_out_and_keeps_those_that_do_not_say(export: Export) -> None:
    project = Project()
    for name, created in (("old", START), ("edge", 1_793_491_200), ("new", 1_793_491_201)):
        project.add_thread(f"cthr_{name}", created_at=created)
    project.add_thread("cthr_undated", created_at=None)
    with FakeHostedApi(project) as hosted:
        outcome = export(hosted, "--since", "2026-11-01")

    assert ids(outcome.archive.threads()) == ["cthr_edge", "cthr_new", "cthr_undated"]


def test_what_is_no_date_is_refused(export: Export) -> None:
    with FakeHostedApi(library()) as hosted, pytest.raises(SystemExit) as refused:
        export(hosted, "--since", "last week")
    assert refused.value.code == 2


@pytest.mark.proves("AB-72")
def test_threads_and_items_that_arrive_during_the_export_are_saved(export: Export) -> None:
    project = library(threads=100, exchanges=60)

    def grow(request: Request) -> Answer | None:
        if request.path.endswith("/threads") and "after" not in request.query:
            project.add_exchange(project.add_thread("cthr_late"))
        if request.path.endswith("cthr_005/items") and "after" not in request.query:
            project.add_exchange("cthr_005")
        return None

    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(grow)
        outcome = export(hosted)

    assert outcome.code == 0
    assert ids(outcome.archive.threads())[-1] == "cthr_late"
    assert list(outcome.archive.items("cthr_005")) == project.lines("cthr_005")


@pytest.mark.proves("AB-72")
@pytest.mark.parametrize("status", [404, 400])
def test_the_place_to_go_on_from_may_be_deleted(export: Export, status: int) -> None:
    project = library(threads=250)

    def delete_last_of_first_page(request: Request) -> Answer | None:
        if request.query.get("after") == "cthr_099":
            project.threads = [one for one in project.threads if not "cthr_097" <= one.id <= "cthr_099"]
        return None

    with FakeHostedApi(project, Shape(unknown_cursor_status=status)) as hosted:
        hosted.interceptors.append(delete_last_of_first_page)
        outcome = export(hosted)

    assert outcome.code == 0
    assert ids(outcome.archive.threads()) == [f"cthr_{number:03}" for number in range(250)]


@pytest.mark.proves("AB-72")
def test_a_whole_page_may_be_deleted_before_the_next_is_asked_for(export: Export) -> None:
    project = library(threads=1, exchanges=125)
    items = project.items["cthr_000"]

    def delete_first_page(request: Request) -> Answer | None:
        if request.query.get("after") == items[99].id:
            project.items["cthr_000"] = items[100:]
        return None

    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(delete_first_page)
        outcome = export(hosted)

    assert outcome.code == 0
    assert ids(outcome.archive.items("cthr_000")) == [item.id for item in items]


def test_a_thread_deleted_while_it_is_read_keeps_what_was_read_and_is_reported(export: Export) -> None:
    project = library(threads=3, exchanges=60)
    lines = project.lines("cthr_001")

    def delete(request: Request) -> Answer | None:
        if "cthr_001/items" in request.path and "after" in request.query:
            project.items.pop("cthr_001", None)
        return None

    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(delete)
        outcome = export(hosted)

    assert outcome.code == 1
    assert list(outcome.archive.items("cthr_001")) == lines[:100]
    assert outcome.report["failures"] == [
        {"thread_id": "cthr_001", "status": 404, "reason": "404 Not Found", "items_saved": 100}
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"object":"list","data":[],"has_more":true,"last_id":"cthi_x"}',
        b'{"object":"list","data":[{"id":"cthi_1"}],"has_more":true}',
        b'{"object":"list","data":[{"no":"id"}],"has_more":true}',
    ],
)
def test_a_list_that_never_ends_ends_as_a_failure_of_that_thread(export: Export, body: bytes) -> None:
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(lambda request: Answer(200, body) if "cthr_001/" in request.path else None)
        outcome = export(hosted)

    assert [failure["thread_id"] for failure in outcome.report["failures"]] == ["cthr_001"]
    assert outcome.report["counts"]["threads"] == 3


def test_a_thread_without_an_id_is_kept_and_reported(export: Export) -> None:
    project = library()
    project.add_raw_thread("", '{"object":"chatkit.thread","title":"nameless"}')
    with FakeHostedApi(project, Shape(list_ids=False)) as hosted:
        outcome = export(hosted)
        again = export(hosted)

    for seen in (outcome, again):
        assert list(seen.archive.threads())[-1] == b'{"object":"chatkit.thread","title":"nameless"}'
        assert [failure["thread_id"] for failure in seen.report["failures"]] == [None]


def test_the_key_of_another_project_is_not_mixed_in(export: Export) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        export(hosted)
        project.id = "proj_other"
        outcome = export(hosted)

    assert outcome.code == 2
    assert "threads of project proj_library, but this key reads project proj_other" in outcome.said
    assert outcome.archive.manifest["project"] == "proj_library"


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        (
            403,
            "Missing scopes: api.chatkit.read",
            "does not let this key list ChatKit threads (403 Forbidden)",
        ),
        (404, "Invalid URL", "has no ChatKit threads to list (404 Not Found)"),
        (400, "Unknown beta", "refuses to list threads (400 Bad Request)"),
    ],
)
def test_a_refused_list_is_one_sentence_with_what_the_api_said(
    export: Export, status: int, message: str, words: str
) -> None:
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(lambda _: error(status, message))
        outcome = export(hosted)

    assert outcome.code == 2
    assert words in outcome.said
    assert message in outcome.said
    assert not (outcome.out / "manifest.json").exists()
