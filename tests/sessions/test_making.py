"""Sessions are made by the vendor's client, within every bound of the hosted API, and with its defaults."""

import asyncio
import time
from typing import Any

import openai
import pytest
from sqlalchemy import text

from app.auth.sessions import Sessions
from app.db.engine import Database
from app.hosted_api.making import SessionMaking
from app.hosted_api.refusals import NoSuchThing
from app.settings import Settings
from tests.serving import RunningServer, serving
from tests.sessions.backend import KEY, WORKFLOW, Backend, backend_of

FULL: dict[str, Any] = {
    "user": "ann",
    "workflow": {
        "id": "wf_68e5",
        "version": "7",
        "state_variables": {"plan": "gold", "seats": 3, "rate": 0.5, "trial": False},
        "tracing": {"enabled": False},
    },
    "chatkit_configuration": {
        "automatic_thread_titling": {"enabled": False},
        "file_upload": {"enabled": True, "max_file_size": 3, "max_files": 2},
        "history": {"enabled": False, "recent_threads": 5},
    },
    "expires_after": {"anchor": "created_at", "seconds": 60},
    "rate_limits": {"max_requests_per_1_minute": 99},
}


@pytest.mark.proves("WIRE-62", "AB-40", "AB-41")
async def test_a_session_has_the_hosted_defaults(backend: Backend) -> None:
    session = await backend.sessions.create(user="ann", workflow=WORKFLOW)

    assert session.id.startswith("cksess_")
    assert session.client_secret.startswith("ek_")
    assert abs(session.expires_at - time.time() - 600) < 30
    assert session.to_dict() == {
        "id": session.id,
        "object": "chatkit.session",
        "client_secret": session.client_secret,
        "expires_at": session.expires_at,
        "status": "active",
        "user": "ann",
        "workflow": {
            "id": "wf_68e5",
            "version": None,
            "state_variables": {},
            "tracing": {"enabled": True},
        },
        "chatkit_configuration": {
            "automatic_thread_titling": {"enabled": True},
            "file_upload": {"enabled": False, "max_file_size": 512, "max_files": 10},
            "history": {"enabled": True, "recent_threads": None},
        },
        "rate_limits": {"max_requests_per_1_minute": 10},
        "max_requests_per_1_minute": 10,
    }


@pytest.mark.proves("AB-40", "AB-41")
async def test_what_is_asked_for_is_what_the_session_says(backend: Backend) -> None:
    session = await backend.sessions.create(**FULL)

    said = session.to_dict()
    assert {name: said[name] for name in ("user", "workflow", "chatkit_configuration", "rate_limits")} == {
        name: FULL[name] for name in ("user", "workflow", "chatkit_configuration", "rate_limits")
    }
    assert abs(session.expires_at - time.time() - 60) < 30


@pytest.mark.proves("AB-40")
async def test_the_client_that_waits_works_as_well(server: RunningServer) -> None:
    def make_and_cancel() -> str:
        beta = {"OpenAI-Beta": "chatkit_beta=v1"}
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY, default_headers=beta) as client:
            session = client.beta.chatkit.sessions.create(user="ann", workflow=WORKFLOW)
            assert [*client.beta.chatkit.threads.list()] == []
            return client.beta.chatkit.sessions.cancel(session.id).status

    assert await asyncio.to_thread(make_and_cancel) == "cancelled"


def without(*path: str) -> dict[str, Any]:
    return changed(None, *path, is_left_out=True)


def changed(value: object, *path: str, is_left_out: bool = False) -> dict[str, Any]:
    """Return the full body with one field of it changed."""
    *above, name = path
    body = part = {**FULL}
    for step in above:
        part[step] = {**part[step]}
        part = part[step]
    part[name] = value
    if is_left_out:
        del part[name]
    return body


MANY = {str(number): 1 for number in range(65)}
BOUNDS: list[tuple[dict[str, Any], str | None, str]] = [
    (without("user"), "user", "Missing required parameter: 'user'."),
    (changed("", "user"), "user", "minimum length 1"),
    (changed(7, "user"), "user", "expected a string, but got an integer instead."),
    (changed("a\0b", "user"), "user", "NUL"),
    (changed("ä" * 257, "user"), "user", "512 bytes"),
    (without("workflow"), "workflow", "Missing required parameter: 'workflow'."),
    (
        changed("wf_1", "workflow"),
        "workflow",
        "Invalid type for 'workflow': expected an object, but got a string instead.",
    ),
    (without("workflow", "id"), "workflow.id", "Missing required parameter: 'workflow.id'."),
    (changed(1, "workflow", "version"), "workflow.version", "expected a string"),
    (changed(MANY, "workflow", "state_variables"), "workflow.state_variables", "at most 64 properties"),
    (changed({"k" * 65: 1}, "workflow", "state_variables"), None, "maximum length 64"),
    (changed({"a": None}, "workflow", "state_variables"), "workflow.state_variables.a", "boolean"),
    (changed({"a": []}, "workflow", "state_variables"), "workflow.state_variables.a", "boolean"),
    (
        changed({"a": "x" * 10_485_761}, "workflow", "state_variables"),
        "workflow.state_variables.a",
        "maximum length 10485760",
    ),
    (changed("yes", "workflow", "tracing", "enabled"), "workflow.tracing.enabled", "expected a boolean"),
    (changed(601, "expires_after", "seconds"), "expires_after.seconds", "Expected a value <= 600"),
    (changed(0, "expires_after", "seconds"), "expires_after.seconds", "Expected a value >= 1"),
    (changed(1.5, "expires_after", "seconds"), "expires_after.seconds", "expected an integer"),
    (changed("last_active_at", "expires_after", "anchor"), "expires_after.anchor", "'created_at'"),
    (without("expires_after", "anchor"), "expires_after.anchor", "Missing required parameter"),
    *(
        (changed(0, *path), ".".join(path), "Expected a value >= 1")
        for path in (
            ("rate_limits", "max_requests_per_1_minute"),
            ("chatkit_configuration", "file_upload", "max_file_size"),
            ("chatkit_configuration", "file_upload", "max_files"),
            ("chatkit_configuration", "history", "recent_threads"),
        )
    ),
    (
        changed(513, "chatkit_configuration", "file_upload", "max_file_size"),
        "chatkit_configuration.file_upload.max_file_size",
        "Expected a value <= 512, but got 513 instead.",
    ),
    (
        changed(1, "chatkit_configuration", "max_request_per_session"),
        "chatkit_configuration.max_request_per_session",
        "Unknown parameter: 'chatkit_configuration.max_request_per_session'.",
    ),
]


@pytest.mark.proves("AB-41")
async def test_what_is_out_of_bounds_is_refused_by_name(backend: Backend, database: Database) -> None:
    for body, param, sentence in BOUNDS:
        error = await backend.refused(400, "POST", "/chatkit/sessions", json=body)
        assert sentence in error["message"], error
        assert error["type"] == "invalid_request_error"
        assert param is None or error["param"] == param
        assert len(error["message"]) < 500
    for broken in (b"", b"[]", b"{", b'{"user": "a', b"\xff", b'"user"', b"[" * 100_000):
        await backend.refused(400, "POST", "/chatkit/sessions", content=broken)
    around = b'{"user": "ann", "workflow": {"id": "wf_1", "state_variables": %s}}'
    for odd in (b'{"a": 1e400}', b'{"a": NaN}', b'{"a": "\\ud800"}', b'{"\\u0000": 1}', b'{"a": {"b": 1}}'):
        await backend.refused(400, "POST", "/chatkit/sessions", content=around % odd)
    assert (await database.execute(text("select count(*) from chatkit.sessions"))).scalar_one() == 0


async def test_odd_values_of_variables_come_back_as_they_are(backend: Backend) -> None:
    given = {"": "", "a": "\U0001f30d'\";--", "b": 10**300, "c": -(2**63), "d": 1e-300, "e": True, "f": 1.0}
    session = await backend.sessions.create(
        user="o'neil\"; drop table chatkit.sessions; --",
        workflow={"id": "wf_1", "state_variables": given},
    )
    assert session.workflow.state_variables == given
    again = await backend.sessions.cancel(session.id)
    assert again.workflow.state_variables == given
    assert [type(value) for value in again.workflow.state_variables.values()].count(bool) == 1


@pytest.mark.proves("AB-41")
async def test_the_largest_values_are_taken(backend: Backend) -> None:
    variables = {"k" * 64: "x" * 10_485_760} | {str(number): number for number in range(63)}
    session = await backend.sessions.create(
        user="u" * 512,
        workflow={"id": "wf_1", "state_variables": variables},
        expires_after={"anchor": "created_at", "seconds": 600},
        chatkit_configuration={"file_upload": {"max_file_size": 512}},
    )
    assert len(session.workflow.state_variables) == 64
    assert (await backend.page_of(session.client_secret).call("threads.list"))["data"] == []


async def test_nulls_are_defaults(backend: Backend) -> None:
    body = {
        "user": "ann",
        "workflow": {**WORKFLOW, "version": None, "state_variables": None, "tracing": None},
        "chatkit_configuration": {"file_upload": None, "history": {"recent_threads": None}},
        "expires_after": None,
        "rate_limits": {"max_requests_per_1_minute": None},
    }
    response = await backend.ask("POST", "/chatkit/sessions", json=body)
    assert response.status_code == 200, response.text
    assert response.json()["rate_limits"] == {"max_requests_per_1_minute": 10}


@pytest.mark.proves("AB-42")
async def test_the_operator_may_let_secrets_live_longer(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"session_max_seconds": 3600})) as server:
        backend = backend_of(server)
        hour: Any = {"anchor": "created_at", "seconds": 3600}
        session = await backend.sessions.create(user="ann", workflow=WORKFLOW, expires_after=hour)
        assert abs(session.expires_at - time.time() - 3600) < 30
        usual = await backend.sessions.create(user="ann", workflow=WORKFLOW)
        assert abs(usual.expires_at - time.time() - 600) < 30
        await backend.client.close()


@pytest.mark.proves("AB-43")
async def test_an_unknown_workflow_is_refused_when_the_session_is_asked_for(backend: Backend) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        await backend.sessions.create(user="ann", workflow={"id": "asst_1"})

    assert refused.value.body == {
        "message": "Workflow with id 'asst_1' not found.",
        "type": "invalid_request_error",
        "param": "workflow.id",
        "code": "not_found",
        "retryable": False,
    }


class OnlyOne:
    """A registry with one workflow in one version."""

    async def known(self, workflow_id: str, version: str | None) -> bool:
        return workflow_id == "wf_1" and version in (None, "3")


UNKNOWN = [
    (b'{"id": "wf_2"}', "workflow.id", "Workflow with id 'wf_2' not found."),
    (b'{"id": "wf_2", "version": "3"}', "workflow.id", "Workflow with id 'wf_2' not found."),
    (
        b'{"id": "wf_1", "version": "latest"}',
        "workflow.version",
        "Workflow with id 'wf_1' and version 'latest' not found.",
    ),
]


@pytest.mark.proves("AB-43")
async def test_a_registry_says_which_workflows_and_versions_there_are(database: Database) -> None:
    making = SessionMaking(Sessions(database), OnlyOne(), 600, are_honoured=True)
    for workflow, param, sentence in UNKNOWN:
        with pytest.raises(NoSuchThing, match=sentence) as refused:
            await making.create(b'{"user": "ann", "workflow": %s}' % workflow)
        assert refused.value.param == param

    made = await making.create(b'{"user": "ann", "workflow": {"id": "wf_1", "version": "3"}}')
    assert made["workflow"]["version"] == "3"


async def test_without_the_mode_no_session_is_made(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"auth": ("guest",)})) as server:
        backend = backend_of(server)
        error = await backend.refused(400, "POST", "/chatkit/sessions", json=FULL)
        assert "CHATKIT_AUTH" in error["message"]
        assert [thread async for thread in backend.threads.list()] == []
        await backend.client.close()
