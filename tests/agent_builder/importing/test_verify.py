"""`verify` finds one changed byte, wherever it is, and tells damage from what users have done since."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.agent_builder.verifying.differences import compared
from tests.agent_builder.importing.archives import write_archive
from tests.agent_builder.importing.conftest import Ended, Moving, browser_of
from tests.attachments.samples import PDF, image
from tests.hosted_api import Project
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer

pytestmark = pytest.mark.proves("AB-83")


def library() -> Project:
    project = Project()
    for name in ("cthr_a", "cthr_b", "cthr_c"):
        project.add_exchange(project.add_thread(name, user="guest_ann"))
    project.add_every_item_type("cthr_b")
    project.previews["p.png"] = image()
    project.files["cfile_1"] = PDF
    project.add_user_message(
        "cthr_c",
        "Look",
        [
            {"id": "cfile_1", "type": "file", "name": "a.pdf", "mime_type": "x/y", "preview_url": None},
            {"id": "cfile_2", "type": "image", "name": "b.png", "mime_type": "x/y", "preview_url": "p.png"},
            {"id": "cfile_3", "type": "file", "name": "c.pdf", "mime_type": "x/y", "preview_url": None},
        ],
    )
    return project


@pytest.fixture
async def root(moving: Moving) -> Path:
    root = write_archive(library(), moving.folder / "archive")
    assert (await moving.run("import", root, "--users-match")).code == 0
    return root


async def verified(moving: Moving, root: Path, *options: str | Path) -> Ended:
    return await moving.run("verify", root, "--json", *options)


async def test_what_was_imported_is_the_same(moving: Moving, root: Path) -> None:
    before = await moving.everything()

    ended = await verified(moving, root, "--strict")

    assert (ended.code, ended.report["same"]) == (0, True)
    assert ended.report["threads"]["same"] == 3
    assert ended.report["attachments"] == {"same": 2, "unavailable": 1}
    assert ended.report["items"]["assistant_message"] == {"archive": 4, "here": 4}
    assert ended.report["lossy"]
    for thread in ended.report["per_thread"]:
        assert thread["items_in_archive"] == thread["items_here"]
        assert thread["text_sha256_in_archive"] == thread["text_sha256_here"]
    assert await moving.everything() == before


CHANGES = {
    "raw": ("thread_items", "update {} set raw = replace(raw, 'It is.', 'It Is.')"),
    "text": ("thread_items", "update {} set text = text || ' '"),
    "payload": (
        "thread_items",
        """update {} set payload = jsonb_set(payload, '{{content,0,text}}', '"It Is."')""",
    ),
    "time": ("thread_items", "update {} set created_at = created_at + interval '1 s'"),
    "order": ("thread_items", "update {} set seq = seq + 10"),
    "hidden": ("thread_items", "update {} set hidden = true"),
    "gone": ("thread_items", "delete from {}"),
    "thread": ("threads", "update {} set raw = raw || ' '"),
    "owner": ("threads", "update {} set user_id = 'guest_eve'"),
    "memory": ("transcript_items", """update {} set item = jsonb_set(item, '{{content}}', '"It Is."')"""),
    "tokens": ("transcript_items", "update {} set tokens = tokens + 1"),
    "forgotten": ("transcript_items", "delete from {}"),
}
"""Changes of the rows of a thread, each found by itself."""


async def test_every_changed_row_is_found(moving: Moving) -> None:
    project = Project()
    for change in ("none", *CHANGES):
        project.add_exchange(project.add_thread(f"cthr_{change}", user="guest_ann"))
    root = write_archive(project, moving.folder / "archive")
    await moving.run("import", root, "--users-match")
    for change, (table, statement) in CHANGES.items():
        which = "id" if table == "threads" else "thread_id"
        await moving.rows(f"{statement.format(f'chatkit.{table}')} where {which} = 'cthr_{change}'")

    ended = await verified(moving, root)

    assert (ended.code, ended.report["threads"]["same"]) == (1, 1)
    assert {found["thread_id"] for found in ended.report["differences"]} == {f"cthr_{one}" for one in CHANGES}


async def test_a_changed_title_is_said_to_be_changed_here_and_fails_a_strict_verification(
    moving: Moving, root: Path
) -> None:
    await moving.rows("update chatkit.threads set title = 'about cthr_a' where id = 'cthr_a'")
    lenient, strict = await verified(moving, root), await verified(moving, root, "--strict")
    assert (lenient.code, strict.code) == (0, 1)
    assert lenient.report["changed_here"] == [{"thread_id": "cthr_a", "changed": ["title"]}]


FILES = ("threads.jsonl", "items/cthr_a.jsonl", "attachments.jsonl", "attachments", "manifest.json")


@pytest.mark.parametrize("name", FILES)
async def test_a_flipped_byte_of_the_archive_is_found(moving: Moving, root: Path, name: str) -> None:
    path = root / name
    path = sorted(path.iterdir())[0] if path.is_dir() else path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    ended = await verified(moving, root)

    assert ended.code == 1
    assert "Traceback" not in ended.said
    report = ended.report
    assert report.get("problem") or report["findings"] or report["differences"]


@pytest.mark.parametrize("change", [lambda data: data[:-1] + b"?", lambda data: b""])
async def test_a_flipped_byte_of_a_stored_file_is_found(
    moving: Moving, root: Path, change: Callable[[bytes], bytes]
) -> None:
    (row,) = await moving.rows("select blob_key from chatkit.attachments where name = 'a.pdf'")
    blob = moving.folder / "data/files" / row["blob_key"]
    blob.write_bytes(change(blob.read_bytes()))

    ended = await verified(moving, root)

    assert (ended.code, ended.report["attachments"]["different"]) == (1, 1)
    assert "a.pdf" in ended.report["differences"][0]["place"]


async def test_missing_bytes_a_missing_record_and_a_missing_thread_are_found(
    moving: Moving, root: Path
) -> None:
    (row,) = await moving.rows("select blob_key from chatkit.attachments where name = 'a.pdf'")
    (moving.folder / "data/files" / row["blob_key"]).unlink()
    await moving.rows("delete from chatkit.attachments where name = 'b.png'")
    await moving.rows("delete from chatkit.threads where id = 'cthr_a'")
    await moving.rows("delete from chatkit.imported_threads where thread_id = 'cthr_a'")

    ended = await verified(moving, root)

    assert ended.code == 1
    assert ended.report["threads"] | {"same": 1, "different": 1, "missing": 1} == ended.report["threads"]
    assert ended.report["attachments"]["different"] == 2


async def test_what_users_do_here_is_no_damage(
    moving: Moving, root: Path, server: RunningServer, provider: FakeProvider
) -> None:
    client = browser_of(server, "guest_ann")
    await client.call("threads.delete", thread_id="cthr_b")
    question = (await client.items("cthr_a"))[0]["id"]
    provider.respond(say("It is not."))
    async with client.stream("threads.retry_after_item", thread_id="cthr_a", item_id=question) as events:
        await events.rest()
    await server.turns_ended()

    lenient, strict = await verified(moving, root), await verified(moving, root, "--strict")

    assert (lenient.code, strict.code) == (0, 1)
    assert lenient.report["threads"]["deleted_here"] == lenient.report["threads"]["changed_here"] == 1
    await moving.rows(
        'update chatkit.thread_items set payload = payload || \'{"quoted_text": "x"}\' where id = :id',
        id=question,
    )
    assert (await verified(moving, root)).code == 1


async def test_the_page_needs_nothing_else_and_escapes_everything(moving: Moving) -> None:
    project = Project()
    evil = '<script>alert("1")</script>\'&'
    thread_id = project.add_thread("cthr_evil", user=evil, title=evil)
    project.add_exchange(thread_id, evil, evil)
    project.add_item(thread_id, evil, **{evil: evil})
    root = write_archive(project, moving.folder / "archive")
    await moving.run("import", root, "--users-match")
    await moving.rows("update chatkit.thread_items set text = text || '<b>' where role = 'user'")
    page = moving.folder / "report.html"

    ended = await moving.run("verify", root, "--html", page)

    assert ended.code == 1
    html = page.read_text()
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r"""(src|href)=|@import|url\(""", html)


async def test_a_page_that_cannot_be_written_and_a_folder_that_is_none_are_sentences(
    moving: Moving, root: Path
) -> None:
    assert (await moving.run("verify", root, "--html", moving.folder / "no/where.html")).code == 2
    assert (await moving.run("verify", moving.folder / "nowhere")).code == 2
    assert (await moving.run("verify", root, "--sample", "-1")).code == 2


async def test_a_sample_is_shown_side_by_side(moving: Moving, root: Path) -> None:
    ended = await verified(moving, root, "--sample", "2")
    assert len(ended.report["sample"]) == 2
    assert {item["result"] for found in ended.report["sample"] for item in found["items"]} == {"same"}
    assert json.loads(ended.printed)["fields_compared"] > 50


@pytest.mark.parametrize(
    ("archive", "here", "places"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}, []),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, ["x.a[1].b"]),
        ({"a": 1}, {"a": True}, ["x.a"]),
        ({"a": 1}, {}, ["x.a"]),
        ([], [None], ["x[0]"]),
        ({"a": {}}, {"a": []}, ["x.a"]),
    ],
)
def test_values_are_compared_field_by_field(archive: Any, here: Any, places: list[str]) -> None:
    assert [place for place, _, _ in compared(archive, here, "x")] == places
