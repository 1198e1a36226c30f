"""An export that is killed, anywhere, and run again ends with the same archive, byte for byte."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from app.agent_builder.export.journal import PageLog, RecordLog
from tests.agent_builder import crash_driver
from tests.agent_builder.conftest import Export, content
from tests.hosted_api import Answer, FakeHostedApi, Project, Request
from tests.hosted_api.api import KEY, error
from tests.hosted_api.project import Record
from tools.tracked import ROOT

KILLS = int(os.environ.get("KILLS", "12"))
"""How many of the touches of the disk are tried, evenly spread; `KILLS=1000` tries each."""

TOMORROW = {"retry-after": "86400"}


def library() -> Project:
    project = Project()
    for number in range(4):
        project.add_exchange(project.add_thread(f"cthr_{number}"))
    for _ in range(55):
        project.add_exchange("cthr_1")
    project.previews["a.png"] = b"png"
    return project


def add_attachment(hosted: FakeHostedApi) -> None:
    found = {"id": "cfile_1", "preview_url": f"{hosted.origin}/previews/a.png"}
    hosted.project.add_user_message("cthr_2", "look", [found])


def environment(hosted: FakeHostedApi) -> dict[str, str]:
    return {**os.environ, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": hosted.base_url, "PYTHONPATH": str(ROOT)}


def drive(hosted: FakeHostedApi, out: Path, *points: int) -> list[list[int]]:
    command = [sys.executable, crash_driver.__file__, str(out), *map(str, points)]
    done = subprocess.run(
        command, env=environment(hosted), capture_output=True, text=True, timeout=600, check=True
    )
    return [[int(number) for number in line.split()] for line in done.stdout.splitlines()]


def kill_everywhere(hosted: FakeHostedApi, folder: Path) -> None:
    """Export once, then with a kill at touches all over the run; every result must be the same bytes."""
    ((code, touches),) = drive(hosted, folder)
    reference = content(folder / "whole")
    points = range(1, touches + 1, max(1, touches // KILLS))
    killed = drive(hosted, folder, *points)

    assert code == 0
    assert [point for point, _, _ in killed] == list(points)
    assert {exit_code for _, exit_code, _ in killed} <= {0, -signal.SIGKILL}
    assert {whole for _, _, whole in killed} == {1}
    different = [point for point, _, _ in killed if content(folder / str(point)) != reference]
    assert different == []


@pytest.mark.chaos
@pytest.mark.timeout(1200)
@pytest.mark.proves("AB-72")
def test_killed_at_any_touch_of_the_disk_it_ends_with_the_same_bytes(tmp_path: Path) -> None:
    with FakeHostedApi(library()) as hosted:
        add_attachment(hosted)
        kill_everywhere(hosted, tmp_path)


@pytest.mark.chaos
@pytest.mark.timeout(1200)
@pytest.mark.proves("AB-72", "AB-73")
@pytest.mark.parametrize("options", ["", "--delta"], ids=["full", "delta"])
def test_killed_in_a_second_run_there_is_a_whole_archive_at_any_moment(
    tmp_path: Path, export: Export, options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORT_OPTIONS", options)
    project = library()
    with FakeHostedApi(project) as hosted:
        export(hosted, out=tmp_path / "before")
        add_attachment(hosted)
        last = project.items["cthr_0"][-1]
        project.items["cthr_0"][-1] = Record(last.id, last.text.replace("It is.", "It was."))
        project.add_exchange(project.add_thread("cthr_new"))
        kill_everywhere(hosted, tmp_path)


@pytest.mark.proves("AB-70", "AB-72")
def test_killed_during_requests_no_finished_page_is_asked_for_twice(tmp_path: Path) -> None:
    """Kills the standalone file, as a person would run it, in the middle of its second, fifth, … request."""
    project = library()
    victims: list[subprocess.Popen[bytes]] = []
    fatal = {2, 5, 8}

    def kill(request: Request) -> Answer | None:
        if len(hosted.requests) in fatal:
            victims[-1].send_signal(signal.SIGKILL)
            return Answer(cut="before")
        return None

    def start(out: str) -> int:
        command = [sys.executable, str(ROOT / "standalone/export.py"), "--out", out, "--concurrency", "1"]
        victims.append(
            subprocess.Popen(command, env=environment(hosted), cwd=tmp_path, stdout=subprocess.DEVNULL)
        )
        return victims[-1].wait(60)

    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(kill)
        codes = [start("killed") for _ in range(4)]
        asked = Counter(hosted.targets())
        hosted.interceptors.clear()
        start("whole")

    assert codes == [-9, -9, -9, 0]
    assert sum(asked.values()) - len(asked) == len(fatal)
    killed, whole = content(tmp_path / "killed"), content(tmp_path / "whole")
    assert killed.pop("manifest.json")[:200] == whole.pop("manifest.json")[:200]
    assert killed == whole


@pytest.mark.proves("AB-72")
def test_interrupted_by_hand_it_says_that_nothing_is_lost(tmp_path: Path) -> None:
    victims: list[subprocess.Popen[str]] = []

    def interrupt(request: Request) -> Answer | None:
        if "cthr_2/items" in request.path:
            victims[0].send_signal(signal.SIGINT)
            return Answer(503)
        return None

    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(interrupt)
        command = [sys.executable, str(ROOT / "standalone/export.py")]
        victims.append(
            subprocess.Popen(
                command, env=environment(hosted), cwd=tmp_path, stderr=subprocess.PIPE, text=True
            )
        )
        _, said = victims[0].communicate(timeout=60)

    assert victims[0].returncode == 130
    assert (
        said.splitlines()[-1]
        == "Stopped. Everything saved so far is kept: run the same command again to go on."
    )


@pytest.mark.proves("AB-72", "AB-73")
def test_killed_during_a_download_the_page_is_asked_for_again_because_its_address_expires(
    tmp_path: Path, export: Export
) -> None:
    with FakeHostedApi(library()) as hosted:
        add_attachment(hosted)
        hosted.interceptors.append(
            lambda request: error(429, "No.", **TOMORROW) if "/files/" in request.path else None
        )
        stopped = export(hosted)
        hosted.interceptors.clear()
        outcome = export(hosted)

    assert (stopped.code, outcome.code) == (1, 0)
    pages = [target for target in hosted.targets() if "cthr_2/items" in target]
    assert len(pages) == 2
    assert outcome.report["counts"]["attachments"]["downloaded"] == 1


@pytest.mark.proves("AB-72")
def test_a_page_that_was_half_written_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "pages.log"
    log = PageLog(path)
    log.append([b'{"id":"1"}', b'{"id":"2"}'], {"after": "2"})
    log.append([b'{"id":"3"}'], {"after": "3"})
    whole = path.read_bytes()
    second = whole.index(b'+{"id":"3"}')

    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        again = PageLog(path)
        pages = 0 if size < second else 1 if size < len(whole) else 2
        assert [record["after"] for record in again.records()] == ["2", "3"][:pages]
        again.append([b'{"id":"4"}'], {"after": "4"})
        assert [line for _, line in again.lines()][-1] == b'{"id":"4"}'


@pytest.mark.proves("AB-72")
def test_a_record_that_was_half_written_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "done.log"
    log = RecordLog(path)
    log.append({"thread_id": "1"})
    second = log.append({"thread_id": "2"})
    path.write_bytes(path.read_bytes()[:-3])

    assert [record["thread_id"] for _, record in RecordLog(path).records()] == ["1"]
    assert RecordLog(path).append({"thread_id": "3"}) == second
    assert log.at(second) == {"thread_id": "3"}
