"""The database goes away and comes back: answers go on from memory, new requests are refused honestly."""

import asyncio

import pytest
from sqlalchemy import text

from app.db.engine import Database
from tests.chaos.report import Table
from tests.faults.cluster import Cluster, Cut, Frozen, Killed, Outage, Silent, StoppedAtOnce
from tests.faults.conftest import AND_LISTENING, POOL_SIZE
from tests.faults.size import OUTAGE_SECONDS
from tests.faults.watching import elapsed, ready, sampling, timed, until
from tests.patience import BUSY
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, thread_id_of, user_input

BACK_SECONDS = 2.0 * BUSY
BASELINE_SECONDS = 10.0 * BUSY

DUTIES: dict[type[Outage], str] = {
    Killed: "REL-17",
    StoppedAtOnce: "REL-17",
    Frozen: "REL-18",
    Silent: "REL-19",
    Cut: "REL-19",
}
OUTAGES = [
    pytest.param(Killed, marks=pytest.mark.proves("REL-17")),
    pytest.param(StoppedAtOnce, marks=pytest.mark.proves("REL-17")),
    pytest.param(Frozen, marks=pytest.mark.proves("REL-18")),
    pytest.param(Silent, marks=pytest.mark.proves("REL-19")),
    pytest.param(Cut, marks=pytest.mark.proves("REL-19")),
]


@pytest.fixture(params=OUTAGES)
def outage(request: pytest.FixtureRequest, cluster: Cluster) -> Outage:
    kind: type[Outage] = request.param
    return kind(cluster)


async def stored_text(database: Database) -> list[str]:
    """The text of every stored answer."""
    async with database.autocommit() as connection:
        found = await connection.execute(
            text("select text from chatkit.thread_items where type = 'assistant_message' order by text")
        )
        return list(found.scalars())


async def status_of_turns(database: Database) -> list[str]:
    async with database.autocommit() as connection:
        return list((await connection.execute(text("select status from chatkit.turns"))).scalars())


async def test_an_answer_goes_on_and_new_requests_are_refused_until_it_is_back(
    outage: Outage,
    server: RunningServer,
    client: ChatKitClient,
    provider: FakeProvider,
    cluster: Cluster,
    database: Database,
    table: Table,
) -> None:
    provider.respond(say("One, ", gate("away"), "two, ", gate("back"), "three."))
    async with (
        client.stream("threads.create", input=user_input("Count")) as events,
        sampling(cluster.sessions) as sessions,
    ):
        await events.until_text("One, ")
        thread_id = thread_id_of(events)

        await outage.begin()
        provider.release("away")
        await events.until_text("two, ")
        refused = await asyncio.gather(
            timed(client, "threads.list"),
            timed(client, "threads.get_by_id", thread_id=thread_id),
            timed(client, "items.list", thread_id=thread_id),
            timed(client, "threads.update", thread_id=thread_id, title="New"),
            timed(client, "threads.create", input=user_input("Another")),
            timed(client, "threads.list"),
            timed(client, "threads.list"),
        )
        assert all(answer.is_refused_honestly for answer in refused), [str(answer) for answer in refused]
        assert (await client.http.get("/healthz")).status_code == 200
        assert (await client.http.get("/readyz")).status_code == 503

        await elapsed(OUTAGE_SECONDS)
        await outage.end()
        back = await ready(client, within=BACK_SECONDS)
        provider.release("back")
        await events.rest()

    assert events.text == "One, two, three."
    assert not [event for event in events.seen if event["type"] == "error"]
    assert await stored_text(database) == ["One, two, three."]
    assert await status_of_turns(database) == ["done"]
    # The look into the database is a session as well.
    await database.dispose()
    assert sessions.most <= POOL_SIZE + AND_LISTENING
    await until(lambda: cluster.sessions() <= POOL_SIZE + AND_LISTENING, BASELINE_SECONDS)
    provider.respond(say("Here again."))
    assert (await client.say("Still there?", thread_id)).text == "Here again."
    slowest = max(answer.seconds for answer in refused)
    table.row(
        DUTIES[type(outage)],
        f"PostgreSQL {outage.name}, {OUTAGE_SECONDS:.0f} s longer than its refusals take",
        len(refused),
        [],
        f"refused in {slowest:.1f} s at most, ready again after {back:.1f} s",
    )


@pytest.mark.parametrize("outage", [OUTAGES[0], OUTAGES[2]], indirect=True)
async def test_an_answer_that_ends_meanwhile_is_stored_when_it_is_back(
    outage: Outage, client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("One, ", gate("away"), "two."))
    async with client.stream("threads.create", input=user_input("Count")) as events:
        await events.until_text("One, ")
        await outage.begin()
        provider.release("away")
        await events.until_text("two.")
        refused = await timed(client, "threads.list")
        assert refused.is_refused_honestly, refused

        await elapsed(OUTAGE_SECONDS)
        await outage.end()
        await events.rest()

    assert events.text == "One, two."
    assert events.done_items("assistant_message")
    assert not [event for event in events.seen if event["type"] == "error"]
    assert await stored_text(database) == ["One, two."]
    assert await status_of_turns(database) == ["done"]
