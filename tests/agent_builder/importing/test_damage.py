"""What is wrong in an archive is reported by file and line, and everything else is imported."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.agent_builder.importing.archives import replace_in, seal, write_archive
from tests.agent_builder.importing.conftest import Ended, Moving
from tests.hosted_api import Project

pytestmark = pytest.mark.proves("AB-82")


@pytest.fixture
def root(moving: Moving) -> Path:
    project = Project()
    for name in ("cthr_a", "cthr_b", "cthr_c"):
        project.add_exchange(project.add_thread(name))
    return write_archive(project, moving.folder / "archive")


async def taken_in(moving: Moving, root: Path, *options: str) -> tuple[Ended, list[str]]:
    ended = await moving.run("import", root, "--json", "--users-match", *options)
    rows = await moving.rows("select id from chatkit.threads order by id")
    return ended, [row["id"] for row in rows]


def places(ended: Ended) -> list[tuple[str, int]]:
    return [(found["file"], found["line"]) for found in ended.report["findings"]]


async def test_a_line_that_cannot_be_read_costs_itself(moving: Moving, root: Path) -> None:
    items = root / "items/cthr_b.jsonl"
    items.write_bytes(b"{broken\n" + items.read_bytes().partition(b"\n")[2])
    replace_in(root / "threads.jsonl", '{"id": "cthr_c"', '"id": "cthr_c"')
    seal(root)

    ended, threads = await taken_in(moving, root)

    assert ended.code == 1
    assert places(ended) == [("items/cthr_b.jsonl", 1), ("threads.jsonl", 3)]
    assert threads == ["cthr_a", "cthr_b"]
    rows = await moving.rows("select text from chatkit.thread_items where thread_id = 'cthr_b'")
    assert [row["text"] for row in rows] == ["It is."]


async def test_a_wrong_hash_costs_its_thread(moving: Moving, root: Path) -> None:
    replace_in(root / "items/cthr_b.jsonl", "It is.", "It Is.")

    ended, threads = await taken_in(moving, root)
    assert (ended.code, places(ended), threads) == (1, [("items/cthr_b.jsonl", 0)], ["cthr_a", "cthr_c"])
    assert ended.report["threads"]["damaged"] == 1

    ended, threads = await taken_in(moving, root, "--despite-damage")
    assert (ended.code, threads) == (1, ["cthr_a", "cthr_b", "cthr_c"])


async def test_a_changed_list_of_threads_gives_nobody_anything(moving: Moving, root: Path) -> None:
    replace_in(root / "threads.jsonl", "reader-1", "reader-2")

    ended, threads = await taken_in(moving, root)
    assert (ended.code, places(ended), threads) == (1, [("threads.jsonl", 0)], [])

    ended, threads = await taken_in(moving, root, "--despite-damage")
    assert (ended.code, threads) == (1, ["cthr_a", "cthr_b", "cthr_c"])


async def test_a_missing_file_and_a_link_cost_their_threads(moving: Moving, root: Path) -> None:
    secret = moving.folder / "secret"
    secret.write_bytes((root / "items/cthr_a.jsonl").read_bytes())
    (root / "items/cthr_a.jsonl").unlink()
    (root / "items/cthr_a.jsonl").symlink_to(secret)
    (root / "items/cthr_b.jsonl").unlink()

    ended, threads = await taken_in(moving, root)

    assert places(ended) == [("items/cthr_a.jsonl", 0), ("items/cthr_b.jsonl", 0)]
    assert threads == ["cthr_c"]


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "items/../threads.jsonl", "/etc/passwd", "items/é.jsonl"]
)
async def test_a_path_that_no_archive_has_is_never_opened(moving: Moving, root: Path, path: str) -> None:
    replace_in(root / "manifest.json", '"items/cthr_b.jsonl"', json.dumps(path))

    ended, threads = await taken_in(moving, root)

    line = 1 + (root / "manifest.json").read_text().splitlines().index(
        next(row for row in (root / "manifest.json").read_text().splitlines() if json.dumps(path) in row)
    )
    assert places(ended) == [("manifest.json", line), ("threads.jsonl", 2)]
    assert "which no archive contains" in ended.report["findings"][0]["problem"]
    assert threads == ["cthr_a", "cthr_c"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda root: seal(root, version=2), "this release reads up to 1"),
        (lambda root: seal(root, format="zip"), "is not the manifest of a chatkit-archive"),
        (lambda root: (root / "manifest.json").write_text("{"), "cannot be read"),
        (lambda root: (root / "manifest.json").unlink(), "holds no archive"),
    ],
)
async def test_what_is_no_archive_for_this_release_is_one_sentence(
    moving: Moving, root: Path, change: Callable[[Path], object], says: str
) -> None:
    change(root)

    ended, threads = await taken_in(moving, root)

    assert (ended.code, threads) == (1, [])
    assert says in ended.report["problem"]
    assert "Traceback" not in ended.said


async def test_a_thread_without_an_id_or_listed_twice_is_reported(moving: Moving, root: Path) -> None:
    threads_file = root / "threads.jsonl"
    first = threads_file.read_text().splitlines()[0]
    threads_file.write_text(
        threads_file.read_text() + f'{first}\n{{"user": "x"}}\n{{"id": "{"n" * 600}"}}\n[]\n'
    )
    seal(root)

    ended, threads = await taken_in(moving, root)

    assert places(ended)[:3] == [("threads.jsonl", 4), ("threads.jsonl", 5), ("threads.jsonl", 7)]
    assert threads == ["cthr_a", "cthr_b", "cthr_c"]
