"""Files of imported messages: recognised and limited like uploads, or shown by name and sent to no model."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.agent_builder.importing.archives import replace_in, seal, write_archive
from tests.agent_builder.importing.conftest import Ended, Moving, browser_of
from tests.attachments.samples import PDF, SVG, image
from tests.hosted_api import Project
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer

PICTURE = image()


def attachment(name: str, kind: str = "file", mime: str = "application/pdf", **fields: Any) -> dict[str, Any]:
    return {
        "id": f"cfile_{name}",
        "type": kind,
        "name": name,
        "mime_type": mime,
        "preview_url": None,
        **fields,
    }


def library() -> Project:
    project = Project()
    thread_id = project.add_thread("cthr_a", user="guest_ann")
    project.previews["p.png"] = PICTURE
    project.files["cfile_rules.pdf"] = PDF
    project.files["cfile_evil.png"] = SVG
    project.add_user_message(
        thread_id,
        "Look",
        [
            attachment("photo.png", "image", "image/png", preview_url="p.png"),
            attachment("rules.pdf"),
            attachment("lost.pdf"),
            attachment("../../evil.png", "image", "image/png", id="cfile_evil.png"),
            attachment("scan.pdf", preview_url="p.png"),
        ],
    )
    project.add_item(thread_id, "assistant_message", content=[{"type": "output_text", "text": "Nice."}])
    return project


async def rows_by_name(moving: Moving) -> dict[str, dict[str, Any]]:
    rows = await moving.rows("select * from chatkit.attachments")
    return {row["name"]: row for row in rows}


@pytest.mark.proves("AB-60", "AB-61")
async def test_each_file_has_one_state_with_its_reason_and_bytes_have_a_hash(moving: Moving) -> None:
    ended = await moving.take_in(library())

    assert ended.code == 0
    assert ended.report["attachments"] == {
        "stored": 3,
        "unavailable": 2,
        "reasons": {
            "the hosted API gives only its name and type": 1,
            "only a preview of it could be saved": 1,
        },
    }
    rows = await rows_by_name(moving)
    assert {name: row["state"] for name, row in rows.items()} == {
        "photo.png": "attached",
        "rules.pdf": "attached",
        "evil.png": "attached",
        "lost.pdf": "unavailable",
        "scan.pdf": "unavailable",
    }
    assert rows["photo.png"]["sha256"] == hashlib.sha256(PICTURE).hexdigest()
    # What it is, not what it says it is.
    assert rows["evil.png"]["mime_type"] == "image/svg+xml"
    assert rows["photo.png"]["renditions"] == ["preview", "model"]
    assert rows["lost.pdf"]["blob_key"] is None
    stored = [path for path in (moving.folder / "data/files").rglob("*") if path.is_file()]
    assert sorted(path.stat().st_size for path in stored if "-" not in path.name) == sorted(
        map(len, (PICTURE, PDF, SVG))
    )


@pytest.mark.proves("AB-61")
async def test_the_limits_of_uploads_hold(moving: Moving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_MAX_FILE_BYTES", str(len(PICTURE) - 1))
    project = library()
    project.files["cfile_lost.pdf"] = b""
    narrow = moving.folder / "narrow_agent.py"
    narrow.write_text(
        "from app.assistant import Assistant, FileRules\nfrom agents import Agent\n"
        "assistant = Assistant(Agent(name='a'), files=FileRules('application/pdf'))\n"
    )
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("CHATKIT_AGENT", f"{narrow}:assistant")

    ended = await moving.take_in(project)

    assert ended.code == 0, ended.said
    reasons = ended.report["attachments"]["reasons"]
    assert ended.report["attachments"]["stored"] == 1
    assert f"it is too large: at most {len(PICTURE) - 1:,} bytes" in reasons
    assert "The file is empty." in reasons
    assert any("Files of the type image/svg+xml are not accepted" in reason for reason in reasons)


@pytest.mark.proves("AB-61")
async def test_a_users_room_is_not_exceeded(moving: Moving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_MAX_USER_FILE_BYTES", str(len(PDF) + 10))
    ended = await moving.take_in(library())
    assert any("There is no room" in reason for reason in ended.report["attachments"]["reasons"])
    (row,) = await moving.rows("select sum(size) from chatkit.attachments where state = 'attached'")
    assert row["sum"] <= len(PDF) + 10


@pytest.mark.proves("AB-62", "AB-58")
async def test_a_file_without_bytes_says_so_and_goes_to_no_model(
    moving: Moving, server: RunningServer, provider: FakeProvider
) -> None:
    await moving.take_in(library())
    client = browser_of(server, "guest_ann", **{"accept-language": "fr"})
    provider.respond(say("I see."))

    message = (await client.items("cthr_a"))[0]
    await client.say("And?", "cthr_a")

    names = [found["name"] for found in message["attachments"]]
    assert names[1] == "rules.pdf"
    assert names[2] == "lost.pdf (n’est plus disponible depuis la migration)"
    assert message["attachments"][2]["type"] == "file"
    sent = provider.requests[-1].body["input"]
    parts = [part for part in sent[0]["content"] if part["type"] != "input_text"]
    assert [part["type"] for part in parts] == ["input_image", "input_file"]
    assert "lost.pdf (application/pdf, not available)" in json.dumps(sent)


@pytest.mark.proves("AB-61")
async def test_a_stored_picture_is_shown_by_a_signed_address(moving: Moving, server: RunningServer) -> None:
    await moving.take_in(library())
    client = browser_of(server, "guest_ann")

    message = (await client.items("cthr_a"))[0]
    preview = await client.http.get(message["attachments"][0]["preview_url"])

    assert preview.status_code == 200
    assert preview.headers["content-type"] == "image/webp"


async def damaged(moving: Moving, root: Path) -> Ended:
    return await moving.run("import", root, "--json", "--users-match")


@pytest.mark.proves("AB-61", "AB-82")
@pytest.mark.parametrize("trick", ["../../../etc/passwd", "A" * 64, "", "0" * 64])
async def test_a_hash_that_is_a_path_opens_nothing(moving: Moving, trick: str) -> None:
    root = write_archive(library(), moving.folder / "archive")
    replace_in(root / "attachments.jsonl", hashlib.sha256(PDF).hexdigest(), trick)
    seal(root)

    ended = await damaged(moving, root)

    assert ended.code == 1
    assert [found["thread_id"] for found in ended.report["findings"]] == ["cthr_a"]
    assert (await rows_by_name(moving))["rules.pdf"]["state"] == "unavailable"


@pytest.mark.proves("AB-61", "AB-82", "AB-60")
async def test_damaged_bytes_are_not_stored_and_a_better_archive_brings_them(moving: Moving) -> None:
    project = library()
    root = write_archive(project, moving.folder / "archive")
    blob = root / "attachments" / hashlib.sha256(PDF).hexdigest()
    blob.write_bytes(PDF + b"x")

    ended = await damaged(moving, root)
    assert [found["file"] for found in ended.report["findings"]] == [f"attachments/{blob.name}"]
    assert (await rows_by_name(moving))["rules.pdf"]["state"] == "unavailable"

    project.add_exchange("cthr_a")
    repaired = await moving.take_in(project)
    assert (repaired.code, repaired.report["threads"]["updated"]) == (0, 1)
    assert (await rows_by_name(moving))["rules.pdf"]["state"] == "attached"


@pytest.mark.proves("AB-80", "AB-60")
async def test_twice_stores_nothing_twice(moving: Moving) -> None:
    project = library()
    await moving.take_in(project)
    keys = await moving.rows("select id, blob_key from chatkit.attachments order by id")
    project.add_exchange("cthr_a")

    await moving.take_in(project)

    assert await moving.rows("select id, blob_key from chatkit.attachments order by id") == keys
    assert await moving.rows("select 1 from chatkit.blob_removals") == []


@pytest.mark.proves("AB-82", "AB-60")
async def test_a_changed_list_of_files_attaches_none_of_them(moving: Moving) -> None:
    root = write_archive(library(), moving.folder / "archive")
    replace_in(root / "attachments.jsonl", "rules.pdf", "rules.PDF")

    ended = await damaged(moving, root)

    assert ended.report["findings"][0]["file"] == "attachments.jsonl"
    assert ended.report["attachments"]["stored"] == 0
