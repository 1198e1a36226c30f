"""Requests of the ChatKit protocol, odd in every way: refused in one shape, or answered to the end."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any, get_args

import httpx2
import pytest
import sqlalchemy as sa
from chatkit.types import ChatKitReq

from app.db.engine import Database
from app.db.tables import metadata
from tests.chaos.report import Table
from tests.fuzz.corpus import Things, requests
from tests.fuzz.leftovers import nothing_left
from tests.fuzz.mutation import Attack, attacks
from tests.fuzz.size import AT_ONCE, CASES, seeded
from tests.fuzz.verdict import Findings
from tests.serving import ChatKitClient, RunningServer

pytestmark = pytest.mark.unpublished("how an action is handled is known to the Python SDK's types alone")


def operations() -> set[str]:
    """Every operation that the ChatKit SDK knows."""
    members = get_args(get_args(ChatKitReq)[0])
    return {get_args(member.model_fields["type"].annotation)[0] for member in members}


def test_the_attacks_begin_with_every_operation() -> None:
    things = Things(*["x"] * 8)
    assert {request["type"] for request in requests(things)} == operations()


async def attack(
    client: ChatKitClient, one: Attack, findings: Findings, *, again: bool = True
) -> httpx2.Response | None:
    try:
        async with client.http.stream(
            "POST", "/chatkit", content=one.body, headers=one.headers, timeout=30
        ) as response:
            await findings.judge(response, one, one.kind)
            return response
    except httpx2.ReadError as error:
        if not again:
            findings.note(f"no answer: {error!r}", one)
            return None
        # A connection that an attack before has had closed may be taken for one that is still open.
        return await attack(client, one, findings, again=False)
    except httpx2.HTTPError as error:
        findings.note(f"no answer: {error!r}", one)
        return None


@pytest.mark.timeout(7_200)
@pytest.mark.proves("SEC-25", "OP-any-3", "T14")
async def test_whatever_is_sent_is_refused_or_answered_to_the_end(
    server: RunningServer, client: ChatKitClient, things: Things, database: Database, table: Table
) -> None:
    chance = seeded("operations")
    drawn: Iterator[Attack] = attacks(requests(things), chance)
    findings = Findings()

    async def worker(number: int) -> None:
        # Another client for each, as some attacks change the cookie.
        attacker = client.as_seen_by(server)
        while findings.cases < CASES and len(findings.found) < 20:
            await attack(attacker, next(drawn), findings)

    async with nothing_left(server, database, findings), asyncio.TaskGroup() as workers:
        for number in range(AT_ONCE):
            workers.create_task(worker(number))
    findings.report(table, "SEC-25", "odd requests of the protocol")
    assert (await client.http.get("/healthz")).status_code == 200


@pytest.mark.parametrize("operation", ["threads.custom_action", "threads.sync_custom_action"])
async def test_an_action_without_a_type_is_refused(
    client: ChatKitClient, things: Things, operation: str
) -> None:
    for action in ({}, {"payload": 1}, {"thread_id": things.thread_id}, {"type": ""}):
        refused = await client.post(
            operation, thread_id=things.thread_id, item_id=things.widget_id, action=action
        )
        assert refused.status_code == 400, action


async def counted(database: Database) -> list[Any]:
    """The number of rows of every table."""
    tables = metadata.sorted_tables
    counts = [sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in tables]
    return list((await database.execute(sa.select(*counts), {})).one())


@pytest.mark.timeout(7_200)
@pytest.mark.proves("SEC-26", "T13")
async def test_what_is_refused_has_written_nothing(
    server: RunningServer, client: ChatKitClient, things: Things, database: Database, table: Table
) -> None:
    drawn = attacks(requests(things), seeded("refused"))
    findings = Findings()
    before = await counted(database)
    for _ in range(CASES // 10):
        one = next(drawn)
        response = await attack(client, one, findings)
        await server.turns_ended()
        after = await counted(database)
        if response is not None and response.status_code >= 400 and after != before:
            findings.note(f"{response.status_code}, and rows: {before} → {after}", one)
        before = after
    findings.report(table, "SEC-26", "odd requests, and whether those refused have written")


@pytest.mark.proves("SEC-26")
async def test_a_bad_request_costs_little(server: RunningServer, client: ChatKitClient) -> None:
    deep = b'{"type":"threads.list","params":' + b'{"a":' * 100_000
    many = b'{"type":"threads.list","params":{' + b",".join(b'"%d":0' % key for key in range(80_000)) + b"}}"
    parts = [{"type": "input_text", "text": "x"}] * 20_000
    long = json.dumps({"type": "threads.create", "params": {"input": {"content": parts}}}).encode()
    number = b'{"type":"threads.list","params":{"limit":' + b"9" * 900_000 + b"}}"
    for body in (deep, many, long, number):
        costs = []
        for _ in range(3):
            began = time.process_time()
            response = await client.http.post("/chatkit", content=body)
            costs.append(time.process_time() - began)
            assert response.status_code in (200, 400, 413)
        # Processor time of sender and server together, which other work on the machine hardly changes.
        assert min(costs) < 0.25, f"{body[:60]!r} took {costs}"
