"""An export stays small and polite however large the project, and says so when the disk is full."""

import asyncio
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from app.agent_builder.archive.reader import Archive
from app.agent_builder.export.workspace import opened
from tests.agent_builder import measured_export
from tests.agent_builder.conftest import Export
from tests.hosted_api import FakeHostedApi, Project, Request
from tests.hosted_api.api import KEY
from tests.patience import PATIENCE
from tools.tracked import ROOT


def library(threads: int) -> Project:
    project = Project()
    for number in range(threads):
        project.add_exchange(project.add_thread(f"cthr_{number:06}", user=f"reader-{number % 50}"))
    return project


def peak_kilobytes(threads: int, out: Path, *options: str) -> int:
    """Export so many threads in a process of its own; return the most memory it held."""
    with FakeHostedApi(library(threads)) as hosted:
        done = subprocess.run(
            [sys.executable, measured_export.__file__, "--out", str(out), *options],
            env={**os.environ, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": hosted.base_url},
            stdout=subprocess.PIPE,
            check=True,
        )
    assert len(list(Archive(out).threads())) == threads
    return int(done.stdout)


@pytest.mark.proves("AB-70")
@pytest.mark.timeout(600)
def test_memory_stays_flat_over_ten_thousand_threads(tmp_path: Path) -> None:
    small = peak_kilobytes(100, tmp_path / "small")
    large = peak_kilobytes(10_000, tmp_path / "large", "--concurrency", "16")
    assert large - small < 12 * 1024


@pytest.mark.proves("AB-73")
@pytest.mark.parametrize("concurrency", [1, 3])
def test_as_many_requests_are_under_way_as_allowed_and_no_more(export: Export, concurrency: int) -> None:
    under_way, most, together = [0], [0], asyncio.Barrier(concurrency)

    async def meet(request: Request) -> None:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        if (
            request.path.endswith("/items")
            and sum("/items" in target for target in hosted.targets()) <= concurrency
        ):
            await asyncio.wait_for(together.wait(), PATIENCE)
        under_way[0] -= 1

    with FakeHostedApi(library(40)) as hosted:
        hosted.pace = meet
        outcome = export(hosted, "--concurrency", str(concurrency))

    assert outcome.code == 0
    assert most == [concurrency]


@pytest.mark.proves("AB-72")
def test_a_full_disk_is_one_sentence_and_the_next_run_goes_on(export: Export, tmp_path: Path) -> None:
    full = tmp_path / "archive/.export/staged/cthr_000003.jsonl"
    full.parent.mkdir(parents=True)
    full.symlink_to("/dev/full")
    with FakeHostedApi(library(6)) as hosted:
        stopped = export(hosted, "--concurrency", "1")
        full.unlink()
        asked = len(hosted.requests)
        outcome = export(hosted, "--concurrency", "1")

    assert stopped.code == 1
    assert stopped.said.splitlines()[-1].startswith(f"The disk that holds {tmp_path / 'archive'} is full.")
    assert outcome.code == 0
    assert len(hosted.requests) - asked == 2
    assert list(outcome.archive.damages()) == []


@pytest.mark.proves("AB-72")
def test_a_disk_that_fails_during_a_download_is_one_sentence(tmp_path: Path) -> None:
    project = library(1)
    project.files["cfile_1"] = bytes(1_000_000)
    project.add_user_message("cthr_000000", "look", [{"id": "cfile_1", "preview_url": None}])
    with FakeHostedApi(project) as hosted:
        done = subprocess.run(
            [sys.executable, str(ROOT / "standalone/export.py"), "--out", str(tmp_path / "archive")],
            env={**os.environ, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": hosted.base_url},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"Cannot use {tmp_path / 'archive'}: File too large."


@pytest.mark.proves("AB-72")
def test_two_exports_do_not_write_to_one_directory(export: Export, tmp_path: Path) -> None:
    with FakeHostedApi(library(3)) as hosted:
        with opened(tmp_path / "archive"):
            second = export(hosted)
        third = export(hosted)

    assert (second.code, third.code) == (2, 0)
    assert "Another export is writing to" in second.said


def test_only_the_owner_may_look_into_an_archive(export: Export) -> None:
    with FakeHostedApi(library(1)) as hosted:
        assert export(hosted).out.stat().st_mode & 0o077 == 0
