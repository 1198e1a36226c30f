"""Requests per minute: who is counted with whom, over all processes, and what a refusal says."""

import asyncio
from dataclasses import replace

import httpx2
import pytest

from app.context import Principal, RequestContext, SessionTerms
from app.db.engine import Database
from app.errors import RateLimited
from app.ids import UserId
from app.limits import requests
from app.limits.limiter import Limiter
from app.limits.requests import RequestLimits
from app.settings import Settings
from tests.limits.conftest import ANN, BEN, coming_from
from tests.serving import RunningServer, serving
from tests.turns.test_writing import statements

MOST = 6


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"guest_requests_per_minute": MOST, "address_requests_per_minute": 50})


async def statuses(*answers: httpx2.Response) -> list[int]:
    return sorted(answer.status_code for answer in answers)


@pytest.mark.proves("SEC-45", "REL-08")
async def test_of_n_requests_n_pass_and_the_next_is_refused_whichever_process_is_asked(
    servers: tuple[RunningServer, RunningServer],
) -> None:
    clients = [coming_from(server, ANN) for server in servers]
    passed = [await clients[number % 2].post("threads.list") for number in range(MOST)]
    refused = [await client.post("threads.list") for client in clients]

    assert {answer.status_code for answer in passed} == {200}
    for answer in refused:
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 60
        told = answer.json()
        assert told["error"] == {"code": "rate_limited", "message": told["message"], "retryable": True}
        assert told["message"] == requests.TOO_MANY
    assert (await coming_from(servers[0], BEN).post("threads.list")).status_code == 200


@pytest.mark.proves("SEC-45")
async def test_requests_at_the_same_moment_do_not_pass_together(
    servers: tuple[RunningServer, RunningServer],
) -> None:
    clients = [coming_from(server, ANN) for server in servers for _ in range(8)]
    answers = await asyncio.gather(*(client.post("threads.list") for client in clients))

    assert await statuses(*answers) == [200] * MOST + [429] * (len(clients) - MOST)


async def test_a_guest_gains_nothing_by_a_new_cookie_nor_by_what_it_says_of_its_address(
    server: RunningServer,
) -> None:
    answers = [await coming_from(server, ANN).post("threads.list") for _ in range(MOST)]
    # The last address is what the trusted proxy has seen; what stands before it is the client's own word.
    claimed = await coming_from(server, f"{BEN}, {ANN}").post("threads.list")

    assert {answer.status_code for answer in answers} == {200}
    assert claimed.status_code == 429


async def test_what_one_customer_has_of_ipv6_counts_as_one_address(server: RunningServer) -> None:
    answers = [
        await coming_from(server, f"2001:db8:0:1::{number}").post("threads.list")
        for number in range(MOST + 1)
    ]
    neighbour = await coming_from(server, "2001:db8:0:2::1").post("threads.list")

    assert await statuses(*answers) == [200] * MOST + [429]
    assert neighbour.status_code == 200


async def test_a_guest_on_this_machine_is_not_counted(server: RunningServer) -> None:
    client = server.client()
    assert {(await client.post("threads.list")).status_code for _ in range(MOST * 2)} == {200}


async def test_every_route_of_a_user_counts_and_a_refusal_is_in_their_language(server: RunningServer) -> None:
    client = coming_from(server, ANN, **{"accept-language": "de"})
    for _ in range(MOST):
        await client.post("threads.list")
    refused = [
        await client.post("threads.list"),
        await client.http.post("/chatkit", content=b"no JSON"),
        await client.http.get("/chatkit/threads/thr_1/events"),
        await client.http.post("/chatkit/threads/thr_1/cancel"),
        await client.http.post("/chatkit/files", content=b"x"),
    ]

    assert {answer.status_code for answer in refused} == {429}
    assert all("retry-after" in answer.headers for answer in refused)
    assert {answer.json()["message"] for answer in refused} == {
        "Das war zu viel in kurzer Zeit. Bitte versuchen Sie es gleich noch einmal."
    }


@pytest.mark.proves("SEC-43")
async def test_a_flood_is_refused_without_the_database_and_waits_while_others_are_answered(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "FLOOD_SECONDS", 0.4)
    flooding, other = coming_from(server, ANN), coming_from(server, BEN)
    for _ in range(MOST + 1):
        await flooding.post("threads.list")
    with statements() as sent:
        flood = asyncio.gather(*(flooding.post("threads.list") for _ in range(60)))
        own = [await other.post("threads.list") for _ in range(MOST)]
        refused = await flood

    assert {answer.status_code for answer in refused} == {429}
    assert {answer.status_code for answer in own} == {200}
    assert sum("limit_counters" in statement for statement in sent) == MOST
    assert max(answer.elapsed.total_seconds() for answer in refused) >= 0.2


async def test_an_address_has_a_limit_of_its_own_for_files(settings: Settings) -> None:
    strict = settings.model_copy(update={"address_requests_per_minute": 3})
    async with serving(strict) as server:
        client = coming_from(server, ANN)
        answers = [await client.http.get("/chatkit/files/att_1") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]


SESSION = SessionTerms("cksess_1", "wf_1", requests_per_minute=2)
USER = RequestContext(Principal(UserId("ann")), "req_1")


@pytest.fixture
def limits(database: Database, settings: Settings) -> RequestLimits:
    return RequestLimits(Limiter(database), settings.model_copy(update={"requests_per_minute": 4}))


async def passed(limits: RequestLimits, context: RequestContext, times: int, *, protocol: bool = True) -> int:
    """Say how many of so many requests pass."""
    count = 0
    for _ in range(times):
        try:
            await limits.admit(context, protocol=protocol)
        except RateLimited:
            continue
        count += 1
    return count


@pytest.mark.proves("SEC-45")
async def test_a_user_who_has_signed_in_is_counted_wherever_they_are(limits: RequestLimits) -> None:
    elsewhere = replace(USER, network=ANN)
    assert await passed(limits, USER, 3) + await passed(limits, elsewhere, 3) == 4
    assert await passed(limits, replace(USER, principal=Principal(UserId("ben"))), 5) == 4


@pytest.mark.proves("SEC-45")
async def test_a_session_has_the_limit_that_it_was_made_with(limits: RequestLimits) -> None:
    assert await passed(limits, replace(USER, session=SESSION), 3) == 2
    assert await passed(limits, replace(USER, session=replace(SESSION, id="cksess_2")), 3) == 2


async def test_what_stops_or_follows_an_answer_does_not_count_for_its_session(limits: RequestLimits) -> None:
    context = replace(USER, session=SESSION)
    assert await passed(limits, context, 2) == 2
    assert await passed(limits, context, 2, protocol=False) == 2
