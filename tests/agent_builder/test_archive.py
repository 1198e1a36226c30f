"""What stands in an archive is what the API sent, to the character."""

import hashlib
import json
import re

import pytest

from app.agent_builder.archive.layout import items_path
from app.agent_builder.archive.reader import ArchiveProblem
from tests.agent_builder.conftest import Export
from tests.hosted_api import Answer, FakeHostedApi, Project, Shape
from tools.tracked import ROOT

SHAPES = [
    pytest.param(
        Shape(list_ids=ids, has_more=more, indent=indent), prefix, id=f"{ids=}-{more=}-{indent=}-{prefix=}"
    )
    for ids, more, indent, prefix in [
        (True, True, False, "chatkit."),
        (False, True, False, "chatkit."),
        (True, False, False, "chatkit."),
        (False, False, True, ""),
        (True, True, True, ""),
    ]
]


def library(prefix: str = "chatkit.", threads: int = 3) -> Project:
    project = Project(prefix=prefix)
    for number in range(threads):
        project.add_exchange(project.add_thread(f"cthr_{number:03}", user=f"reader-{number % 2}"))
    return project


@pytest.mark.proves("AB-71")
@pytest.mark.parametrize(("shape", "prefix"), SHAPES)
def test_every_item_type_is_saved_in_order_whatever_shape_the_lists_have(
    export: Export, shape: Shape, prefix: str
) -> None:
    project = library(prefix)
    project.add_every_item_type("cthr_001")
    for _ in range(105):
        project.add_exchange("cthr_002")
    with FakeHostedApi(project, shape) as hosted:
        outcome = export(hosted)

    assert outcome.code == 0
    for thread in project.threads:
        saved = [json.loads(line) for line in outcome.archive.items(thread.id)]
        assert saved == [json.loads(line) for line in project.lines(thread.id)]
    assert [json.loads(line)["id"] for line in outcome.archive.threads()] == [
        one.id for one in project.threads
    ]


@pytest.mark.proves("AB-71", "AB-51")
def test_lines_are_the_text_that_was_received(export: Export) -> None:
    project = library()
    project.add_every_item_type("cthr_001")
    odd = (
        '{"user":"u","user":"v", "id":"cthr_odd","created_at":1.7e9 , "title":"\\u00e9 \u2028","n":[1.0,-0]}'
    )
    project.add_raw_thread("cthr_odd", odd)
    with FakeHostedApi(project) as hosted:
        outcome = export(hosted)

    assert list(outcome.archive.items("cthr_001")) == project.lines("cthr_001")
    assert list(outcome.archive.threads())[-1] == odd.encode()


@pytest.mark.proves("AB-71")
def test_an_indented_answer_loses_its_line_breaks_and_nothing_else(export: Export) -> None:
    project = library()
    text = '{\n    "id": "cthi_wide",\r\n\t"type": "x",  "text": "two\\nlines   three",\n "n": 1.00\n}'
    project.add_raw_item("cthr_000", "cthi_wide", text)
    with FakeHostedApi(project) as hosted:
        outcome = export(hosted)

    expected = b'{"id": "cthi_wide","type": "x",  "text": "two\\nlines   three","n": 1.00}'
    assert list(outcome.archive.items("cthr_000"))[-1] == expected


@pytest.mark.proves("AB-71")
def test_the_manifest_counts_and_hashes_everything_and_names_where_it_came_from(export: Export) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        outcome = export(hosted)
        manifest, root = json.loads((outcome.out / "manifest.json").read_bytes()), outcome.out

    assert manifest["project"] == "proj_library"
    assert manifest["version"] == 1
    assert manifest["base_url"] == hosted.base_url
    none = {"downloaded": 0, "metadata_only": 0, "failed": 0}
    assert manifest["counts"] == {"threads": 3, "items": 6, "users": 2, "attachments": none, "failures": 0}
    run = manifest["runs"][0]
    assert (run["started_at"], run["finished_at"]) == ("2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z")
    assert run["tool_version"]
    for entry in manifest["files"]:
        data = (root / entry["path"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        assert entry["bytes"] == len(data)
    listed = {entry["path"] for entry in manifest["files"]} | {"manifest.json"}
    assert listed == {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert all(re.fullmatch("req_[0-9a-f]{16}", entry["request_ids"][0]) for entry in manifest["files"][3:])
    assert list(outcome.archive.damages()) == []


@pytest.mark.proves("AB-71")
def test_the_content_hash_is_that_of_a_checksum_list(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        manifest = json.loads((export(hosted).out / "manifest.json").read_bytes())

    checksums = "".join(f"{entry['sha256']}  {entry['path']}\n" for entry in manifest["files"])
    assert manifest["content_sha256"] == hashlib.sha256(checksums.encode()).hexdigest()


@pytest.mark.proves("AB-71")
def test_lists_are_asked_for_in_ascending_pages_of_a_hundred(export: Export) -> None:
    project = library(threads=201)
    with FakeHostedApi(project) as hosted:
        export(hosted)

    lists = [request for request in hosted.requests if request.path.startswith("/v1/chatkit")]
    assert {request.query["limit"] for request in lists} == {"100"}
    assert {request.query["order"] for request in lists} == {"asc"}
    assert [request.query.get("after") for request in lists if request.path.endswith("/threads")] == [
        None,
        "cthr_099",
        "cthr_199",
    ]


@pytest.mark.proves("AB-71")
@pytest.mark.parametrize(
    "thread_id", ["cthr_UPPER", "../../etc/passwd", "cthr/1", "a b?c#d", "é", "x" * 300, "%2e%2e"]
)
def test_an_id_that_is_no_file_name_stays_inside_the_archive(export: Export, thread_id: str) -> None:
    project = library(threads=0)
    project.add_exchange(project.add_thread(thread_id))
    with FakeHostedApi(project) as hosted:
        outcome = export(hosted)

    assert list(outcome.archive.items(thread_id)) == project.lines(thread_id)
    entry = outcome.archive.items_entry(thread_id)
    assert entry is not None
    assert re.fullmatch(r"items/[A-Za-z0-9_~-]+\.jsonl", entry["path"])
    assert entry["path"] == items_path(thread_id)


@pytest.mark.proves("AB-71")
def test_ids_that_differ_in_case_alone_are_two_files(export: Export) -> None:
    assert items_path("cthr_a").lower() != items_path("cthr_A").lower()
    assert items_path("cthr_A").lower() != items_path("cthr_a~").lower()


@pytest.mark.proves("AB-71")
def test_a_changed_byte_and_a_missing_file_are_found(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted)
    changed = outcome.out / "items/cthr_001.jsonl"
    changed.write_bytes(changed.read_bytes().replace(b"It is.", b"It Is."))
    (outcome.out / "items/cthr_002.jsonl").unlink()

    damages = list(outcome.archive.damages())
    assert [damage.split()[0] for damage in damages] == ["items/cthr_001.jsonl", "items/cthr_002.jsonl"]


@pytest.mark.proves("AB-71")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("items/cthr_000.jsonl", "../../etc/passwd", "which no archive contains"),
        ("items/cthr_000.jsonl", "items/../threads.jsonl", "which no archive contains"),
        ('"bytes": ', '"size": ', "without its size or hash"),
        ('"format": "chatkit-archive"', '"format": "zip"', "is not the manifest of a chatkit-archive"),
        ('"runs": [', '"walks": [', "is not laid out as"),
        ("{", "", "cannot be read"),
        ('"version": 1', '"version": 2', "this release reads up to 1"),
    ],
)
def test_a_manifest_that_was_tampered_with_is_one_sentence(
    export: Export, old: str, new: str, words: str
) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted)
        manifest = outcome.out / "manifest.json"
        manifest.write_text(manifest.read_text().replace(old, new, 1))
        again = export(hosted)

    assert again.code == 2
    assert words in again.said
    assert "Traceback" not in again.said


@pytest.mark.proves("AB-71")
def test_a_link_in_an_archive_is_not_followed(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted)
    secret = outcome.out.parent / "secret"
    secret.write_text("mine")
    (outcome.out / "items/cthr_000.jsonl").unlink()
    (outcome.out / "items/cthr_000.jsonl").symlink_to(secret)

    with pytest.raises(ArchiveProblem, match="is a link"):
        list(outcome.archive.items("cthr_000"))


@pytest.mark.proves("AB-71")
@pytest.mark.parametrize("part", ["manifest", "run", "file", "attachment", "failure"])
def test_every_field_is_documented_and_the_other_way_round(export: Export, part: str) -> None:
    project = library()
    project.add_user_message("cthr_000", "look", [{"id": "cfile_1", "preview_url": None}])
    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(lambda request: Answer(403) if "cthr_002/" in request.path else None)
        archive = export(hosted).archive
    manifest = json.loads((archive.root / "manifest.json").read_bytes())
    objects = {
        "manifest": [manifest],
        "run": manifest["runs"],
        "file": manifest["files"],
        "attachment": [json.loads(line) for line in archive.attachments()],
        "failure": [json.loads(line) for line in archive.failures()],
    }
    text = (ROOT / "docs/archive.md").read_text()
    table = text[text.index(f"| {part} field |") :].partition("\n\n")[0]
    documented = {
        name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert documented == {name for found in objects[part] for name in found}


def test_the_snippet_of_the_documentation_reads_an_archive(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted)
    snippet = re.search(r"```python\n(.*?)```", (ROOT / "docs/archive.md").read_text(), re.DOTALL)
    assert snippet
    names: dict[str, object] = {}
    exec(snippet[1].replace('"chatkit-archive"', repr(str(outcome.out))), names)
    assert names["item"] == json.loads(list(outcome.archive.items("cthr_002"))[-1])
