"""What passes is waited out; what does not is recorded, or ends the export in one sentence."""

from collections import Counter
from collections.abc import Callable

import pytest

from app.agent_builder.export.patience import ATTEMPTS
from tests.agent_builder.conftest import Export, FakeTime
from tests.hosted_api import Answer, FakeHostedApi, Project, Request
from tests.hosted_api.api import KEY, error


def library(threads: int = 12) -> Project:
    project = Project()
    for number in range(threads):
        project.add_exchange(project.add_thread(f"cthr_{number:03}"))
    return project


def first_times(times: int, path: str, answer: Answer) -> Callable[[Request], Answer | None]:
    """Answer so the first `times` that a path is asked for."""
    seen: Counter[str] = Counter()

    def intercept(request: Request) -> Answer | None:
        if path not in request.path:
            return None
        seen[request.target] += 1
        return answer if seen[request.target] <= times else None

    return intercept


@pytest.mark.proves("AB-73")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:20 GMT"}, 20),
        ({"retry-after-ms": "2500"}, 2.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "soon"}, 1),
        ({}, 1),
    ],
)
def test_a_rate_limit_is_waited_out_as_long_as_it_asks(
    export: Export, headers: dict[str, str], seconds: float
) -> None:
    time = FakeTime()
    with FakeHostedApi(library(threads=1)) as hosted:
        hosted.interceptors.append(first_times(1, "/items", error(429, "Rate limit reached.", **headers)))
        outcome = export(hosted, time=time)

    assert outcome.code == 0
    assert time.waits[0] == pytest.approx(seconds)


@pytest.mark.proves("AB-73")
def test_a_rate_limit_holds_every_request_back(export: Export) -> None:
    time = FakeTime()
    asked_at: list[float] = []
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(lambda _: asked_at.append(time.passed))
        hosted.interceptors.append(
            first_times(1, "cthr_003/items", error(429, "Slow down.", **{"retry-after": "60"}))
        )
        outcome = export(hosted, "--concurrency", "1", time=time)

    assert outcome.code == 0
    assert {moment for moment in asked_at if 0 < moment < 60} == set()
    assert time.passed >= 60


@pytest.mark.proves("AB-73")
@pytest.mark.parametrize(
    "answer",
    [
        error(500, "The server had an error."),
        error(503, "Overloaded.", **{"retry-after": "2"}),
        error(408, "Timeout."),
        Answer(cut="before"),
        Answer(200, b'{"object": "list", "data": []}' * 40, cut="midway"),
        Answer(200, b"<html>not the API</html>"),
        Answer(200, b'{"object": "list"}'),
        Answer(200, b'{"data": ' + b"[" * 100_000),
        Answer(200, b"\xff\xfe"),
    ],
    ids=["500", "503", "408", "dropped", "cut", "html", "no-data", "deep", "not-utf8"],
)
def test_an_answer_that_fails_in_passing_is_asked_for_again(export: Export, answer: Answer) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(first_times(2, "", answer))
        outcome = export(hosted)

    assert outcome.code == 0
    assert outcome.report["counts"]["items"] == 24
    assert all(list(outcome.archive.items(one.id)) == project.lines(one.id) for one in project.threads)


@pytest.mark.proves("AB-72")
@pytest.mark.parametrize("concurrency", ["1", "8"])
def test_a_thread_that_always_fails_is_recorded_and_the_rest_goes_on(
    export: Export, concurrency: str
) -> None:
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(first_times(10**6, "cthr_004/items", error(500, "Broken thread.")))
        outcome = export(hosted, "--concurrency", concurrency)

    assert outcome.code == 1
    assert outcome.report["this_run"]["added"] == 11
    failure = {"thread_id": "cthr_004", "status": None, "items_saved": 0}
    assert outcome.report["failures"] == [
        {**failure, "reason": f"still failing after {ATTEMPTS} attempts: 500"}
    ]


@pytest.mark.proves("AB-72")
@pytest.mark.parametrize("status", [400, 403, 404, 410, 422])
def test_a_permanent_refusal_is_recorded_at_once(export: Export, status: int) -> None:
    time = FakeTime()
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(
            first_times(10**6, "cthr_004/items", error(status, "No.", "thread_broken"))
        )
        outcome = export(hosted, time=time)

    assert outcome.code == 1
    assert outcome.report["failures"][0]["status"] == status
    assert outcome.report["failures"][0]["reason"].endswith("thread_broken")
    assert time.waits == []


@pytest.mark.proves("AB-72")
def test_an_outage_of_minutes_is_waited_out(export: Export) -> None:
    time = FakeTime()
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(lambda _: error(502, "Down.") if 0.1 < time.passed < 600 else None)
        hosted.interceptors.append(first_times(1, "cthr_005/items", error(500, "The first sign.")))
        outcome = export(hosted, time=time)

    assert outcome.code == 0
    assert time.passed >= 600


@pytest.mark.proves("AB-72")
def test_an_api_that_stays_away_ends_in_a_sentence_and_the_next_run_goes_on(export: Export) -> None:
    project, gone = library(), [False]

    def leave(request: Request) -> Answer | None:
        gone[0] = gone[0] or "cthr_005/items" in request.path
        return error(503, "Down.") if gone[0] else None

    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(leave)
        stopped = export(hosted)
        hosted.interceptors.clear()
        before = len(hosted.requests)
        outcome = export(hosted)

    assert stopped.code == 1
    assert "The API does not answer (503)." in stopped.said
    assert "run the same command again to go on" in stopped.said.replace("\n", " ")
    assert stopped.printed == ""
    assert outcome.code == 0
    assert outcome.report["counts"]["threads"] == 12
    assert len(hosted.requests) - before < 12


def test_a_server_that_never_answers_is_reported_within_seconds(export: Export) -> None:
    time = FakeTime()
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(lambda _: Answer(cut="before"))
        outcome = export(hosted, time=time)

    assert outcome.code == 1
    assert "The API does not answer (Connection error" in outcome.said
    assert time.passed < 20


def test_an_endless_wait_ends_in_a_sentence(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(
            first_times(1, "/items", error(429, "Tomorrow.", **{"retry-after": "86400"}))
        )
        outcome = export(hosted)

    assert outcome.code == 1
    assert "The API asks to wait 1440 minutes." in outcome.said


def test_endless_rate_limits_end_in_a_sentence(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(lambda request: error(429, "No.") if "/items" in request.path else None)
        outcome = export(hosted)

    assert outcome.code == 1
    assert "lower --concurrency" in outcome.said


@pytest.mark.proves("AB-32")
def test_a_bad_key_is_one_sentence_with_its_last_four_characters(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted, key="sk-proj-a-secret-key-9876")

    assert outcome.code == 2
    assert "refused the key ending in ...9876 (401)" in outcome.said
    assert "a-secret-key" not in outcome.said + outcome.printed
    assert "Traceback" not in outcome.said


def test_a_key_revoked_in_the_middle_stops_and_loses_nothing(export: Export) -> None:
    project = library()
    with FakeHostedApi(project) as hosted:
        hosted.interceptors.append(first_times(10**6, "cthr_008/items", error(401, "Revoked.")))
        stopped = export(hosted, "--concurrency", "1")
        hosted.interceptors.clear()
        before = len(hosted.requests)
        outcome = export(hosted, "--concurrency", "1")

    assert stopped.code == 2
    assert outcome.code == 0
    assert len(hosted.requests) - before == 4


@pytest.mark.parametrize("key", ["", "  ", "sk with spaces", "sk-ünicode"])
def test_a_key_that_cannot_be_one_is_refused_before_any_request(export: Export, key: str) -> None:
    with FakeHostedApi(library()) as hosted:
        outcome = export(hosted, key=key)

    assert outcome.code == 2
    assert "OPENAI_API_KEY" in outcome.said
    assert hosted.requests == []


def test_a_restricted_key_is_told_what_it_lacks(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(lambda _: error(401, "Missing scopes: api.chatkit.read"))
        outcome = export(hosted)

    assert outcome.code == 2
    assert 'It said: "Missing scopes: api.chatkit.read"' in outcome.said


@pytest.mark.proves("AB-32")
def test_a_key_that_the_api_repeats_is_not_shown(export: Export) -> None:
    with FakeHostedApi(library()) as hosted:
        hosted.interceptors.append(lambda request: error(401, f"Bad key {request.headers['authorization']}"))
        outcome = export(hosted)

    assert outcome.code == 2
    assert KEY not in outcome.said
