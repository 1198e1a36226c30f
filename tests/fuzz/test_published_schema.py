"""Requests made from the published description: each gets an answer that stands there, whoever asks."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as running
from hypothesis.strategies import SearchStrategy, booleans, one_of, sampled_from
from pydantic import SecretStr
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from app.chatkit_api import probe
from app.db.engine import Database
from app.settings import Settings
from tests.chaos.report import Table
from tests.fuzz.corpus import Things, begun
from tests.fuzz.leftovers import nothing_left
from tests.fuzz.size import CASES, seeded
from tests.fuzz.verdict import BUSY, Findings
from tests.serving import RunningServer
from tests.sessions.backend import KEY, WORKFLOW, backend_of

checks.load_all_checks()
CHECKS: list[Any] = checks.CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


MOST_FOUND = 20


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Everybody may come, and as often as they like."""
    monkeypatch.setattr(probe, "TICK_SECONDS", 0.001)
    return settings.model_copy(
        update={
            "auth": ("session", "guest"),
            "server_key": SecretStr(KEY),
            "requests_per_minute": 1_000_000,
            "heartbeat_seconds": 0.05,
        }
    )


Asker = tuple[str, dict[str, str], Things]


async def askers(server: RunningServer) -> list[Asker]:
    """A guest, a user with a client secret, and a back-end; each with what they may speak of."""
    guest = server.client()
    of_guest = await begun(guest)
    cookie = "; ".join(f"{name}={value}" for name, value in guest.http.cookies.items())
    backend = backend_of(server)
    limits = {"max_requests_per_1_minute": 1_000_000}
    uploads = {"file_upload": {"enabled": True}}
    session = await backend.sessions.create(
        user="ann", workflow=WORKFLOW, rate_limits=limits, chatkit_configuration=uploads
    )
    await backend.client.close()
    of_user = await begun(backend.page_of(session.client_secret))
    return [
        ("a guest", {"Cookie": cookie}, of_guest),
        ("a user", {"Authorization": f"Bearer {session.client_secret}"}, of_user),
        ("a back-end", {"Authorization": f"Bearer {KEY}"}, of_user),
    ]


def spoken_of(value: Any, things: Things) -> Any:
    """Return what is sent, with things that there are in the places of ids."""
    known = {
        "thread_id": things.thread_id,
        "item_id": things.message_id,
        "item_ids": [things.answer_id],
        "attachment_id": things.attachment_id,
        "attachments": [],
        "name": "index.html",
    }
    match value:
        case dict():
            return {
                key: known[key] if key in known else spoken_of(part, things) for key, part in value.items()
            }
        case list():
            return [spoken_of(part, things) for part in value]
        case _:
            return value


def cases(operation: Any) -> SearchStrategy[Any]:
    """Requests for an operation: as they should be, and not."""
    return one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])


def attack(operation: Any, askers: Sequence[Asker], times: int, chance: int, findings: Findings) -> None:
    """Ask for an operation so many times; note each answer that does not stand in its description."""

    @seed(chance)
    @given(case=cases(operation), asker=sampled_from(askers), knows=booleans())
    @running(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any, asker: Asker, knows: bool) -> None:
        if len(findings.found) >= MOST_FOUND:
            return
        who, headers, things = asker
        if knows:
            case.path_parameters = spoken_of(case.path_parameters, things)
            case.body = spoken_of(case.body, things)
        response = case.call(headers=headers, timeout=30)
        findings.count(response.status_code, who)
        if response.status_code == BUSY:
            return
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as failures:
            findings.note(f"{operation.label}, {who}: {failures}", "")

    ask()


@pytest.mark.unpublished("the demo's widget has actions that are answered at once")
@pytest.mark.timeout(7_200)
@pytest.mark.proves("SEC-28")
async def test_every_answer_stands_in_the_published_description(
    server: RunningServer, database: Database, table: Table
) -> None:
    chance, found = seeded("schema"), Findings()
    everybody = await askers(server)

    def attack_all() -> None:
        schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
        schema.config.generation.update(with_security_parameters=False)
        operations: list[Any] = [*schema.get_all_operations()]
        for operation in operations:
            attack(operation.ok(), everybody, max(1, CASES // 80), chance.randrange(2**32), found)

    async with nothing_left(server, database, found):
        await asyncio.to_thread(attack_all)
    found.report(table, "SEC-28", "requests by the published description")
    assert {200, 400, 401, 404} <= found.statuses.keys()
