"""Every attachment ends in one state, with a reason, and the key never leaves the API's own origin."""

import hashlib
import json
from typing import Any

import pytest

from tests.agent_builder.conftest import Export, FakeTime
from tests.hosted_api import Answer, FakeHostedApi, Project, Request
from tests.hosted_api.api import error


def attachment(attachment_id: str | None, url: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "id": attachment_id,
        "type": "file",
        "name": "a",
        "mime_type": "x/y",
        "preview_url": url,
        **fields,
    }


def library(*attachments: dict[str, Any]) -> Project:
    project = Project()
    project.add_user_message(project.add_thread("cthr_1"), "look", list(attachments))
    return project


def records(outcome: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome.archive.attachments()]


@pytest.mark.proves("AB-60", "AB-73")
def test_bytes_are_kept_under_their_hash_with_where_they_came_from(export: Export) -> None:
    project = library()
    project.previews["a.png"], project.files["cfile_both"] = b"small picture", b"the whole picture"
    with FakeHostedApi(project) as hosted:
        name = "../../etc/pass\u202ewd.png"
        both = attachment("cfile_both", f"{hosted.origin}/previews/a.png", name=name, type="image")
        project.add_user_message("cthr_1", "and this?", [both])
        outcome = export(hosted)

    (record,) = records(outcome)
    preview, original = (
        hashlib.sha256(data).hexdigest() for data in (b"small picture", b"the whole picture")
    )
    assert record == {
        "thread_id": "cthr_1",
        "item_id": "cthi_1_1",
        "attachment_id": "cfile_both",
        "name": name,
        "mime_type": "x/y",
        "type": "image",
        "state": "downloaded",
        "reason": None,
        "preview": {"sha256": preview, "bytes": 13, "content_type": "image/png"},
        "file": {"sha256": original, "bytes": 17, "content_type": "application/pdf"},
    }
    assert (outcome.out / "attachments" / preview).read_bytes() == b"small picture"
    assert (outcome.out / "attachments" / original).read_bytes() == b"the whole picture"
    assert outcome.code == 0


@pytest.mark.proves("AB-60")
def test_a_preview_is_fetched_before_the_next_page_is_asked_for(export: Export) -> None:
    project = library()
    project.previews["a.png"] = b"png"
    with FakeHostedApi(project) as hosted:
        project.add_user_message("cthr_1", "look", [attachment("cfile_1", f"{hosted.origin}/previews/a.png")])
        for _ in range(60):
            project.add_exchange("cthr_1")
        export(hosted)

    paths = [request.path for request in hosted.requests]
    assert paths.index("/previews/a.png") < len(paths) - 1 - paths[::-1].index(
        "/v1/chatkit/threads/cthr_1/items"
    )


@pytest.mark.proves("AB-60")
@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        (attachment("cfile_unknown"), "metadata_only", "file: 404 Not Found"),
        (attachment(None), "metadata_only", None),
        (
            attachment("cfile_unknown", "/previews/expired.png"),
            "failed",
            "preview: 403 Forbidden; file: 404 Not Found",
        ),
        (
            attachment(None, "ftp://files.example/a"),
            "failed",
            "preview: the preview address is not a web address",
        ),
        (attachment(None, "http://"), "failed", "preview: the preview address is not a web address"),
        (attachment(None, "http://127.0.0.1:1/a"), "failed", "preview: still failing after 3 attempts"),
        (attachment("cfile_broken"), "failed", "file: still failing after 3 attempts: 500"),
        (attachment("cfile_scope"), "failed", "file: 401 Unauthorized"),
    ],
)
def test_what_cannot_be_fetched_says_why(
    export: Export, found: dict[str, Any], state: str, reason: str | None
) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        if str(found["preview_url"]).startswith("/"):
            found = {**found, "preview_url": hosted.origin + found["preview_url"]}
        project.add_user_message("cthr_1", "look", [found])
        answers = {"cfile_broken": error(500, "No."), "cfile_scope": error(401, "Missing scopes.")}
        hosted.interceptors.append(lambda request: answers.get(request.path.split("/")[-2]))
        outcome = export(hosted)

    (record,) = records(outcome)
    assert record["state"] == state
    assert (record["reason"] or "").startswith(reason or "")
    assert outcome.report["counts"]["attachments"][state] == 1
    assert outcome.code == (1 if state == "failed" else 0)


@pytest.mark.proves("AB-32")
def test_the_key_is_sent_to_the_api_and_to_no_other_place(export: Export) -> None:
    with FakeHostedApi(Project()) as elsewhere:
        elsewhere.project.previews["a.png"] = b"png"
        project = library(attachment("cfile_1", f"{elsewhere.origin}/previews/a.png"))
        with FakeHostedApi(project) as hosted:
            project.previews["b.png"] = b"png"
            project.add_user_message(
                "cthr_1", "look", [attachment("cfile_2", f"{hosted.origin}/previews/b.png")]
            )
            forward = f"{hosted.origin}/previews/forward"
            project.add_user_message("cthr_1", "look", [attachment("cfile_3", forward)])
            target = {"location": f"{elsewhere.origin}/previews/a.png"}
            hosted.interceptors.append(
                lambda request: Answer(302, b"", target) if request.path.endswith("/forward") else None
            )
            export(hosted)

    assert len(elsewhere.requests) == 2
    assert all("authorization" not in request.headers for request in elsewhere.requests)
    own = [request for request in hosted.requests if "/previews/" in request.path]
    assert all("authorization" in request.headers for request in own)


@pytest.mark.proves("AB-60")
def test_a_download_that_breaks_off_is_begun_again(export: Export) -> None:
    project, tries = library(attachment("cfile_1")), [0]
    whole = bytes(range(256)) * 500

    def cut_the_first(request: Request) -> Answer | None:
        if not request.path.endswith("/content"):
            return None
        tries[0] += 1
        return Answer(200, whole, cut="midway" if tries[0] == 1 else None)

    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(cut_the_first)
        outcome = export(hosted)

    (record,) = records(outcome)
    assert record["file"]["sha256"] == hashlib.sha256(whole).hexdigest()
    assert tries == [2]


@pytest.mark.proves("AB-60")
def test_the_same_bytes_are_kept_once(export: Export) -> None:
    project = library(attachment("cfile_1"), attachment("cfile_2"))
    project.files = {"cfile_1": b"same", "cfile_2": b"same"}
    with FakeHostedApi(project) as hosted:
        outcome = export(hosted)

    assert len(records(outcome)) == 2
    assert len(list((outcome.out / "attachments").iterdir())) == 1


@pytest.mark.proves("AB-73")
def test_a_later_run_fetches_only_attachments_that_are_still_missing(export: Export) -> None:
    project = library(attachment("cfile_1"), attachment("cfile_2"))
    project.files = {"cfile_1": b"one"}
    with FakeHostedApi(project) as hosted:
        export(hosted)
        project.files["cfile_2"] = b"two"
        before = len(hosted.requests)
        outcome = export(hosted)

    assert sum("cfile_1" in target for target in hosted.targets()[before:]) == 0
    assert [record["state"] for record in records(outcome)] == ["downloaded", "downloaded"]
    assert list(outcome.archive.damages()) == []


@pytest.mark.proves("AB-32")
def test_a_password_in_the_address_of_the_api_is_neither_kept_nor_shown(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeHostedApi(library()) as hosted:
        monkeypatch.setattr(FakeHostedApi, "base_url", hosted.origin.replace("//", "//user:hunter2@") + "/v1")
        outcome = export(hosted)

    assert "hunter2" not in outcome.said + outcome.printed
    assert not any(b"hunter2" in path.read_bytes() for path in outcome.out.rglob("*") if path.is_file())


@pytest.mark.proves("AB-60")
def test_another_host_that_limits_its_rate_holds_nothing_else_back(export: Export) -> None:
    time = FakeTime()
    with FakeHostedApi(Project()) as elsewhere:
        elsewhere.interceptors.append(lambda _: error(429, "Tomorrow.", **{"retry-after": "86400"}))
        project = library(attachment(None, f"{elsewhere.origin}/previews/a.png"))
        with FakeHostedApi(project) as hosted:
            outcome = export(hosted, time=time)

    assert records(outcome)[0]["reason"] == "preview: still failing after 3 attempts: 429"
    assert outcome.report["counts"]["items"] == 1
    assert time.passed < 60
