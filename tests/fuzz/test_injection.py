"""Texts that mean something to a database, a template or a shell are texts."""

import pytest
import sqlalchemy as sa

from app.db.engine import Database
from app.db.tables import SCHEMA, metadata
from tests.fuzz.corpus import Things, requests
from tests.fuzz.mutation import places
from tests.fuzz.verdict import Findings
from tests.serving import ChatKitClient, RunningServer, thread_id_of

pytestmark = pytest.mark.unpublished("the demo's widget has actions that are answered at once")

_CORES = (
    "or 1=1",
    "union select null",
    "; drop table chatkit.threads",
    "; select pg_sleep(5)",
    "and (select 1 from pg_sleep(5))",
    "||chr(65)",
    "::int",
    "/**/or/**/true",
    "\\",
    "returning user_id",
)
_QUOTES = ("'", '"', "')", "$$", "`", "\\'", "%27", "\u2019", "{", "%(owner)s", ":owner", "$1")
INJECTIONS = [f"{quote} {core} --" for quote in _QUOTES for core in _CORES] + [
    f"x{quote}{core}{quote}" for quote in _QUOTES for core in _CORES
]
"""More than two hundred."""


@pytest.mark.proves("SEC-27")
async def test_a_message_is_kept_to_the_letter_and_nothing_else_changes(
    server: RunningServer, client: ChatKitClient, database: Database
) -> None:
    assert len(INJECTIONS) >= 200
    kept = await client.say("Hello")
    for start in range(0, len(INJECTIONS), 60):
        texts = INJECTIONS[start : start + 60]
        created = await client.say("\n".join(texts))
        (message, *_) = await client.items(thread_id_of(created))
        assert message["content"][0]["text"] == "\n".join(texts)
    assert [item["type"] for item in await client.items(thread_id_of(kept))] == [
        "user_message",
        "assistant_message",
    ]
    tables = sa.text("select count(*) from pg_tables where schemaname = :schema")
    found = await database.execute(tables, {"schema": SCHEMA})
    assert found.scalar_one() >= len(metadata.sorted_tables)


@pytest.mark.proves("SEC-27")
async def test_a_field_of_a_request_is_never_part_of_a_statement(
    server: RunningServer, client: ChatKitClient, things: Things
) -> None:
    findings = Findings()
    for number, injection in enumerate(INJECTIONS):
        request = requests(things)[number % len(requests(things))]
        strings = [(where, key) for where, key in places(request["params"]) if isinstance(where[key], str)]
        if not strings:
            continue
        where, key = strings[number % len(strings)]
        where[key] = injection
        async with client.http.stream("POST", "/chatkit", json=request) as response:
            await findings.judge(response, request)
    findings.assert_nothing()
    assert findings.cases > 100


@pytest.mark.proves("SEC-27")
async def test_a_title_and_an_id_are_kept_to_the_letter(client: ChatKitClient) -> None:
    thread_id = thread_id_of(await client.say("Hello"))
    for injection in INJECTIONS[::20]:
        await client.call("threads.update", thread_id=thread_id, title=injection)
        assert (await client.call("threads.get_by_id", thread_id=thread_id))["title"] == injection.strip()
        unknown = await client.post("threads.get_by_id", thread_id=injection)
        assert unknown.status_code == 404
        listed = await client.post("threads.list", after=injection, limit=5, order="asc")
        assert listed.status_code in (200, 400, 404)
