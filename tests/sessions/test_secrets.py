"""Who may do what with which secret, and for how long."""

from collections.abc import AsyncIterator
from hashlib import sha256

import openai
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.auth import session_rows
from app.db.engine import Database
from app.settings import Settings
from tests.serving import RunningServer, serving
from tests.sessions.backend import KEY, NEXT_KEY, WORKFLOW, Backend, backend_of


@pytest.fixture
async def elsewhere(settings: Settings) -> AsyncIterator[RunningServer]:
    """Another process of the same service."""
    async with serving(settings) as running:
        yield running


@pytest.mark.proves("AB-42")
async def test_of_a_secret_only_its_hash_is_kept(backend: Backend, database: Database) -> None:
    session = await backend.sessions.create(user="ann", workflow=WORKFLOW)

    row = (await database.execute(text("select to_jsonb(s)::text from chatkit.sessions s"))).scalar_one()
    assert session.client_secret not in row
    assert sha256(session.client_secret.encode()).hexdigest() in row
    assert (await backend.sessions.cancel(session.id)).client_secret == ""


@pytest.mark.proves("AB-42", "SEC-33")
async def test_a_cancelled_session_ends_with_the_next_request_on_every_process(
    backend: Backend, elsewhere: RunningServer
) -> None:
    session = await backend.sessions.create(user="ann", workflow=WORKFLOW)
    other = backend_of(elsewhere)
    pages = backend.page_of(session.client_secret), other.page_of(session.client_secret)
    for page in pages:
        assert (await page.post("threads.list")).status_code == 200

    cancelled = await backend.sessions.cancel(session.id)

    assert (cancelled.id, cancelled.status) == (session.id, "cancelled")
    for page in pages:
        assert (await page.post("threads.list")).status_code == 401
    assert (await other.sessions.cancel(session.id)).status == "cancelled"
    await other.client.close()


@pytest.mark.proves("AB-42", "SEC-33")
async def test_an_expired_session_ends_with_the_next_request(backend: Backend, database: Database) -> None:
    page = await backend.page()
    await page.call("threads.list")

    await database.execute(text("update chatkit.sessions set expires_at = now()"))

    refused = await page.post("threads.list")
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "unauthorized"


async def test_an_unknown_session_cannot_be_cancelled(backend: Backend) -> None:
    for session_id in ("cksess_1", "a%00b", "%ff", "x" * 2000):
        error = await backend.refused(404, "POST", f"/chatkit/sessions/{session_id}/cancel")
        assert error["message"].startswith("Chatkit Session with id '")


async def test_expired_sessions_are_forgotten(backend: Backend, database: Database) -> None:
    for user in ("ann", "ben", "cem"):
        await backend.page(user)
    expire = "update chatkit.sessions set expires_at = now() - cast(:ago as interval) where user_id = :user"
    for user, ago in (("ann", "59 minutes"), ("ben", "61 minutes")):
        await database.execute(text(expire.replace(":ago", f"'{ago}'")), {"user": user})

    await session_rows.forget_expired(database)

    left = await database.execute(text("select user_id from chatkit.sessions order by user_id"))
    assert left.scalars().all() == ["ann", "cem"]


async def test_no_other_secret_is_good(backend: Backend) -> None:
    body = {"type": "threads.list", "params": {}}
    for secret in ("x", "ek_", "ek_unknown", "ek_" + "x" * 60_000, "ek_ä"):
        headers = {b"Authorization": f"Bearer {secret}".encode()}
        refused = await backend.server.client().http.post("/chatkit", json=body, headers=headers)
        assert refused.status_code == 401


async def test_a_scheme_is_spelt_as_one_likes(backend: Backend) -> None:
    session = await backend.sessions.create(user="ann", workflow=WORKFLOW)
    for scheme in ("bearer", "BEARER", "Bearer "):
        page = backend.server.client(Authorization=f"{scheme} {session.client_secret}")
        assert (await page.post("threads.list")).status_code == 200


@pytest.mark.proves("AB-42", "AB-67")
async def test_secret_and_key_open_their_own_doors_only(backend: Backend) -> None:
    session = await backend.sessions.create(user="ann", workflow=WORKFLOW)

    for method, path in (
        ("POST", "/chatkit/sessions"),
        ("POST", f"/chatkit/sessions/{session.id}/cancel"),
        ("GET", "/chatkit/threads"),
        ("GET", "/chatkit/threads/thr_1"),
        ("GET", "/chatkit/threads/thr_1/items"),
        ("DELETE", "/chatkit/threads/thr_1"),
    ):
        for wrong in (session.client_secret, KEY[:-1], KEY + "x", NEXT_KEY):
            error = await backend.refused(401, method, path, key=wrong)
            assert error["type"] == "invalid_request_error"
            assert wrong not in error["message"]
    for path in ("/chatkit", "/v1/chatkit/conversation"):
        with_key = backend.server.client(Authorization=f"Bearer {KEY}")
        body = {"type": "threads.list", "params": {}}
        assert (await with_key.http.post(path, json=body)).status_code == 401
        assert (await backend.server.client().http.post(path, json=body)).status_code == 401


@pytest.mark.proves("SEC-33")
async def test_a_key_that_is_being_replaced_stays_good_until_it_is_taken_out(settings: Settings) -> None:
    async def is_good(keys: str, key: str) -> bool:
        changed = settings.model_copy(update={"server_key": SecretStr(keys)})
        async with serving(changed) as server:
            response = await backend_of(server).ask("GET", "/chatkit/threads", key=key)
            return response.status_code == 200

    assert await is_good(f"{NEXT_KEY}, {KEY}", KEY)
    assert await is_good(f"{NEXT_KEY}, {KEY}", NEXT_KEY)
    assert not await is_good(NEXT_KEY, KEY)


async def test_a_server_without_a_key_says_so(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"server_key": None})) as server:
        error = await backend_of(server).refused(401, "GET", "/chatkit/threads")
        assert "CHATKIT_SERVER_KEY" in error["message"]


async def test_the_vendors_client_understands_a_refusal(server: RunningServer) -> None:
    stranger = backend_of(server, "sk-of-somebody-else")
    with pytest.raises(openai.AuthenticationError, match="Incorrect API key provided"):
        await stranger.sessions.create(user="ann", workflow=WORKFLOW)
    await stranger.client.close()


@pytest.mark.proves("AB-41")
async def test_everything_that_is_refused_below_v1_has_the_shape_that_clients_read(
    backend: Backend, settings: Settings, database: Database
) -> None:
    assert (await backend.refused(404, "GET", "/models"))["type"] == "invalid_request_error"
    await backend.refused(404, "GET", "/chatkit/threads/thr_1")
    await backend.refused(405, "PUT", "/chatkit/sessions")
    await backend.refused(413, "POST", "/chatkit/sessions", content=b" " * 16_000_001)
    await backend.refused(401, "POST", "/chatkit/conversation", content=b"{")
    await database.execute(text("update chatkit.threads set metadata = '[]'"))
    page = await backend.page()
    await page.say("Hello")
    await database.execute(text("update chatkit.threads set metadata = '[]'"))
    error = await backend.refused(500, "GET", "/chatkit/threads")
    assert error["type"] == "server_error"
    assert error["message"] == "Something went wrong on the server."


async def test_errors_elsewhere_stay_as_they_are(backend: Backend) -> None:
    refused = await backend.server.client().post("threads.list")
    assert refused.json()["error"].keys() == {"code", "message", "retryable"}


@pytest.mark.proves("AB-48")
async def test_the_conversation_path_is_the_endpoint_for_client_secrets(backend: Backend) -> None:
    page = await backend.page("ann")
    await page.say("Hello")
    body = {"type": "threads.list", "params": {}}
    answer = await page.http.post("/v1/chatkit/conversation", json=body)
    assert answer.json() == await page.call("threads.list")
    malformed = await page.http.post("/v1/chatkit/conversation", content=b"{")
    assert malformed.status_code == 400
    assert {"type", "param"} <= malformed.json()["error"].keys()
    assert malformed.json()["message"]


@pytest.mark.proves("AB-48")
async def test_an_answer_streams_over_the_conversation_path(backend: Backend) -> None:
    page = await backend.page("ann")
    content = [{"type": "input_text", "text": "Hello"}]
    message = {"content": content, "quoted_text": "", "attachments": [], "inference_options": {}}
    body = {"type": "threads.create", "params": {"input": message}}
    answer = await page.http.post("/v1/chatkit/conversation", json=body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "thread.item.done" in answer.text
    assert len((await page.call("threads.list"))["data"]) == 1
