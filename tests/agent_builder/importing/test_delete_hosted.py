"""`delete-hosted` deletes what a verified archive has, and nothing else."""

import json
import os
import pty
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from tests.agent_builder.importing.archives import replace_in, seal, write_archive
from tests.agent_builder.importing.conftest import Ended, Moving
from tests.databases import Databases
from tests.hosted_api import Answer, FakeHostedApi, Project, Request
from tests.hosted_api.api import KEY, error

pytestmark = pytest.mark.proves("AB-86")

PHRASE = "delete 3 hosted threads"


def library() -> Project:
    project = Project()
    for number in range(3):
        project.add_exchange(project.add_thread(f"cthr_{number}", user=f"guest_{number % 2}"))
    return project


class Hosted:
    """A hosted project, an archive of it, and the command."""

    def __init__(self, moving: Moving, api: FakeHostedApi) -> None:
        self.moving = moving
        self.api = api
        self.root = write_archive(deepcopy(api.project), moving.folder / "archive")
        seal(self.root, base_url=api.base_url)

    async def verified(self) -> "Hosted":
        """Import and verify the archive."""
        assert (await self.moving.run("import", self.root, "--users-match")).code == 0
        assert (await self.moving.run("verify", self.root)).code == 0
        return self

    async def delete(self, *options: str) -> Ended:
        """Run the command, over all threads unless `options` name a user."""
        whose = () if "--user" in options else ("--all",)
        return await self.moving.run("delete-hosted", self.root, "--json", *whose, *options)

    @property
    def left(self) -> list[str]:
        """The threads that are still there."""
        return [thread.id for thread in self.api.project.threads]

    @property
    def deletions(self) -> list[str]:
        """What was asked to be deleted, in order."""
        return [request.path for request in self.api.requests if request.method != "GET"]

    @property
    def journal(self) -> list[tuple[str, str]]:
        """What the journal says."""
        lines = (self.root / "deletions.jsonl").read_text().splitlines()
        return [(line["thread_id"], line["state"]) for line in map(json.loads, lines)]


@pytest.fixture
def hosted(moving: Moving, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosted]:
    with FakeHostedApi(library()) as api:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", api.base_url)
        yield Hosted(moving, api)


async def test_a_verified_archive_is_deleted_after_the_phrase_and_written_down(
    moving: Moving, hosted: Hosted
) -> None:
    await hosted.verified()
    before = await moving.everything()

    dry = await hosted.delete("--dry-run")
    assert (dry.code, dry.report["phrase"], hosted.left) == (0, PHRASE, ["cthr_0", "cthr_1", "cthr_2"])
    assert hosted.deletions == []

    ended = await hosted.delete("--confirm", PHRASE)

    assert (ended.code, ended.report["threads"]["deleted"], hosted.left) == (0, 3, [])
    assert sorted(hosted.journal) == sorted(
        (f"cthr_{number}", state) for number in range(3) for state in ("asked", "deleted")
    )
    assert await moving.everything() == before
    entries = await moving.rows(
        "select user_id, thread_ids from chatkit.audit_log where action = 'hosted.delete' order by user_id"
    )
    assert entries == [
        {"user_id": "guest_0", "thread_ids": ["cthr_0", "cthr_2"]},
        {"user_id": "guest_1", "thread_ids": ["cthr_1"]},
    ]
    again = await hosted.delete("--confirm", "whatever")
    assert (again.code, again.report["threads"]["deleted_before"]) == (0, 3)


async def test_only_threads_of_the_user_who_is_named_go(hosted: Hosted) -> None:
    await hosted.verified()
    ended = await hosted.delete("--user", "guest_0", "--confirm", "delete 2 hosted threads")
    assert (ended.code, hosted.left) == (0, ["cthr_1"])
    assert (await hosted.delete("--user", "nobody", "--dry-run")).code == 2


async def test_without_a_verification_of_this_very_archive_nothing_goes(
    moving: Moving, hosted: Hosted
) -> None:
    never = await hosted.delete("--confirm", PHRASE)
    await hosted.verified()
    await moving.rows("delete from chatkit.thread_items where thread_id = 'cthr_1'")
    assert (await moving.run("verify", hosted.root)).code == 1
    failed = await hosted.delete("--confirm", PHRASE)
    assert (await moving.run("import", hosted.root, "--users-match", "--json")).code == 0
    await moving.rows("delete from chatkit.threads where id = 'cthr_1'")
    await moving.run("import", hosted.root, "--users-match", "--restore-deleted")
    assert (await moving.run("verify", hosted.root)).code == 0
    seal(hosted.root, base_url=hosted.api.base_url, runs=[{"started_at": "2026-11-23T12:00:00Z"}])
    other = await hosted.delete("--confirm", PHRASE)

    assert [ended.code for ended in (never, failed, other)] == [1, 1, 1]
    assert "verify" in never.report["problem"]
    assert "found differences" in failed.report["problem"]
    assert "was not verified" in other.report["problem"]
    assert hosted.api.requests == []


async def test_a_verification_of_another_database_does_not_count(
    hosted: Hosted, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hosted.verified()
    async with databases.one() as other:
        monkeypatch.setenv("CHATKIT_DATABASE_URL", other.app)
        ended = await hosted.delete("--confirm", PHRASE)
    assert (ended.code, hosted.deletions) == (1, [])
    assert "was not verified on this database" in ended.report["problem"]


async def test_what_changed_here_after_the_verification_stays_there(moving: Moving, hosted: Hosted) -> None:
    await hosted.verified()
    await moving.rows("delete from chatkit.thread_items where thread_id = 'cthr_1'")

    ended = await hosted.delete("--confirm", "delete 2 hosted threads")

    assert (ended.code, hosted.left) == (1, ["cthr_1"])
    assert ended.report["refused"][0]["thread_id"] == "cthr_1"


@pytest.mark.parametrize("change", ["newer", "changed", "newer while the phrase is typed"])
async def test_what_changed_there_after_the_export_stays_there(hosted: Hosted, change: str) -> None:
    await hosted.verified()
    project = hosted.api.project
    phrase = "delete 2 hosted threads"
    if change == "newer":
        project.add_exchange("cthr_1", "One more thing")
    elif change == "changed":
        item = project.items["cthr_1"][-1]
        item.text = item.text.replace("It is.", "It was.")
    else:
        phrase = PHRASE

        def add_once_something_is_deleted(request: Request) -> None:
            if request.method == "DELETE" and len(project.items["cthr_1"]) == 2:
                project.add_exchange("cthr_1", "One more thing")

        hosted.api.interceptors.append(add_once_something_is_deleted)

    ended = await hosted.delete("--confirm", phrase, "--concurrency", "1")

    assert (ended.code, hosted.left) == (1, ["cthr_1"])
    assert "the archive does not have" in ended.report["refused"][0]["reason"] or change == "changed"


async def test_addresses_of_previews_that_are_signed_anew_are_no_change(
    moving: Moving, hosted: Hosted
) -> None:
    project = hosted.api.project
    project.previews["a"] = b""
    file = {"id": "cfile_1", "type": "image", "name": "a.png", "mime_type": "image/png", "preview_url": "a"}
    project.add_user_message("cthr_0", "Look", [file])
    write_archive(deepcopy(project), hosted.root)
    seal(hosted.root, base_url=hosted.api.base_url)
    await hosted.verified()
    item = project.items["cthr_0"][-1]
    item.text = item.text.replace('"preview_url": "a"', '"preview_url": "b"')

    ended = await hosted.delete("--confirm", PHRASE)

    assert (ended.code, hosted.left, ended.report["files_lost"]) == (0, [], 1)


async def test_threads_that_were_not_saved_whole_stay(hosted: Hosted) -> None:
    (hosted.root / "failures.jsonl").write_text('{"thread_id": "cthr_1", "status": 500, "reason": "x"}\n')
    record = {"thread_id": "cthr_2", "item_id": "i", "attachment_id": "a", "state": "failed", "file": None}
    (hosted.root / "attachments.jsonl").write_text(json.dumps(record) + "\n")
    seal(hosted.root, base_url=hosted.api.base_url)
    await hosted.verified()

    strict = await hosted.delete("--dry-run")
    lenient = await hosted.delete("--confirm", "delete 2 hosted threads", "--despite-lost-files")

    assert {found["thread_id"] for found in strict.report["refused"]} == {"cthr_1", "cthr_2"}
    assert (strict.code, lenient.code, hosted.left) == (1, 1, ["cthr_1"])


async def test_threads_that_are_not_in_the_archive_are_never_asked_for(hosted: Hosted) -> None:
    await hosted.verified()
    hosted.api.project.add_exchange(hosted.api.project.add_thread("cthr_new", user="guest_0"))
    assert (await hosted.delete("--confirm", PHRASE)).code == 0
    assert hosted.left == ["cthr_new"]
    assert not any("cthr_new" in target for target in hosted.api.targets())


async def test_rate_limits_and_lost_answers_are_waited_out(hosted: Hosted) -> None:
    await hosted.verified()
    troubles = [error(429, "Slow down.", **{"retry-after-ms": "1"}), error(500, "Oh."), Answer(cut="before")]

    def trouble(request: Request) -> Answer | None:
        return troubles.pop() if request.method == "DELETE" and troubles else None

    hosted.api.interceptors.append(trouble)
    ended = await hosted.delete("--confirm", PHRASE, "--concurrency", "1")
    assert (ended.code, hosted.left, troubles) == (0, [], [])


async def test_an_answer_that_was_lost_after_the_deletion_counts_as_one(hosted: Hosted) -> None:
    await hosted.verified()

    def lost(request: Request) -> Answer | None:
        if request.method == "DELETE" and "cthr_1" in hosted.left and "cthr_1" in request.path:
            hosted.api._delete("cthr_1")
            return Answer(cut="before")
        return None

    hosted.api.interceptors.append(lost)
    ended = await hosted.delete("--confirm", PHRASE)
    assert (ended.code, ended.report["threads"]["deleted"], hosted.left) == (0, 3, [])


async def test_a_run_that_was_killed_is_gone_on_with(hosted: Hosted) -> None:
    await hosted.verified()
    (hosted.root / "deletions.jsonl").write_text(
        '{"thread_id": "cthr_0", "state": "asked"}\n{"thread_id": "cthr_1", "state": "asked"}\n{"thread'
    )
    hosted.api._delete("cthr_0")

    ended = await hosted.delete("--confirm", "delete 2 hosted threads")

    assert (ended.code, hosted.left) == (0, [])
    assert (ended.report["threads"]["deleted"], ended.report["threads"]["deleted_before"]) == (2, 1)


async def test_what_somebody_else_has_deleted_is_not_claimed(hosted: Hosted) -> None:
    await hosted.verified()
    hosted.api._delete("cthr_0")
    ended = await hosted.delete("--confirm", "delete 2 hosted threads")
    assert (ended.code, ended.report["threads"]["gone"], hosted.left) == (0, 1, [])
    assert ("cthr_0", "deleted") not in hosted.journal


async def test_a_refusal_is_reported_and_the_rest_goes(hosted: Hosted) -> None:
    await hosted.verified()
    hosted.api.interceptors.append(
        lambda request: (
            error(403, "No.") if request.method == "DELETE" and request.path.endswith("cthr_1") else None
        )
    )
    ended = await hosted.delete("--confirm", PHRASE)
    assert (ended.code, hosted.left) == (1, ["cthr_1"])
    assert ended.report["refused"] == [{"thread_id": "cthr_1", "reason": "403 Forbidden"}]


@pytest.mark.parametrize("wrong", ["key", "project", "address", "phrase", "nobody", "damage", "unfinished"])
async def test_what_is_not_as_it_should_be_ends_it_before_anything_goes(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    await hosted.verified()
    options = ["--confirm", PHRASE]
    code = 2
    match wrong:
        case "key":
            monkeypatch.setenv("OPENAI_API_KEY", "sk-another")
        case "project":
            hosted.api.project.id = "proj_other"
        case "address":
            monkeypatch.setenv("OPENAI_BASE_URL", hosted.api.base_url.replace("127.0.0.1", "localhost"))
        case "phrase":
            options = ["--confirm", "delete 4 hosted threads"]
        case "nobody":
            options = []
        case "damage":
            replace_in(hosted.root / "threads.jsonl", "guest_0", "guest_9")
            code = 1
        case _:
            (hosted.root / ".export").mkdir()
            (hosted.root / ".export/run.json").write_text("{}")
            code = 1

    ended = await hosted.delete(*options)

    assert (ended.code, hosted.deletions, len(hosted.left)) == (code, [], 3)
    assert "Traceback" not in ended.said
    assert KEY not in ended.said + ended.printed


@pytest.mark.parametrize(("typed", "code"), [(PHRASE, 0), ("yes", 1)])
async def test_at_a_terminal_the_phrase_is_typed(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    await hosted.verified()
    outer, inner = pty.openpty()
    with os.fdopen(inner) as terminal, os.fdopen(outer, "w") as keyboard:
        monkeypatch.setattr("sys.stdin", terminal)
        keyboard.write(f"{typed}\n")
        keyboard.flush()
        ended = await hosted.delete()
    assert (ended.code, len(hosted.left)) == (code, 3 * code)
    assert "cannot be undone" in ended.said


async def test_an_id_that_leads_elsewhere_is_not_asked_for(hosted: Hosted) -> None:
    project = hosted.api.project
    project.add_exchange(project.add_thread("../files/x", user="guest_0"))
    write_archive(deepcopy(project), hosted.root)
    seal(hosted.root, base_url=hosted.api.base_url)
    await hosted.verified()

    ended = await hosted.delete("--confirm", PHRASE)

    assert (ended.code, hosted.left) == (1, ["../files/x"])
    assert not any("files" in target for target in hosted.api.targets())


async def test_who_says_neither_a_user_nor_all_is_told_to(moving: Moving, tmp_path: Path) -> None:
    assert (await moving.run("delete-hosted", tmp_path)).code == 2
    assert (await moving.run("delete-hosted", tmp_path / "nowhere", "--all")).code == 2
