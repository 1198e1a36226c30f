"""What a session was made for is held to by the server, whatever the page shows."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.attachments.browser import with_files
from tests.serving import ChatKitClient, serving, thread_id_of
from tests.sessions.backend import Backend, backend_of


def files(**asked: Any) -> dict[str, Any]:
    return {"chatkit_configuration": {"file_upload": {"enabled": True, **asked}}}


MANY = {"max_requests_per_1_minute": 100}


@pytest.mark.proves("AB-44")
async def test_a_session_may_ask_so_often_in_a_minute(backend: Backend) -> None:
    page = await backend.page(rate_limits={"max_requests_per_1_minute": 2})
    another = await backend.page()

    answers = [await page.post("threads.list") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == "rate_limited"
    assert 0 < int(answers[2].headers["retry-after"]) <= 60
    assert (await another.post("threads.list")).status_code == 200


def history(**asked: Any) -> dict[str, Any]:
    return {"chatkit_configuration": {"history": asked}}


async def upload(page: ChatKitClient, size: int = 5) -> Any:
    return await page.http.post("/chatkit/files", files={"file": ("a.txt", b"x" * size, "text/plain")})


async def announce(page: ChatKitClient, size: int = 5) -> Any:
    return await page.post("attachments.create", name="a.txt", size=size, mime_type="text/plain")


@pytest.mark.proves("AB-44")
async def test_without_files_none_is_taken_by_any_way(backend: Backend) -> None:
    allowed = await backend.page(**files())
    file_id = (await upload(allowed)).json()["id"]

    page = await backend.page()

    for refused in (
        await upload(page),
        await announce(page),
        await page.post("threads.create", input=with_files(file_id)),
    ):
        assert refused.status_code == 400
        assert refused.json()["error"]["code"] == "not_enabled"
    async with allowed.stream("threads.create", input=with_files(file_id)) as events:
        await events.rest()


@pytest.mark.proves("AB-44")
async def test_a_file_is_no_larger_than_the_session_says(backend: Backend) -> None:
    page = await backend.page(**files(max_file_size=1))

    assert (await upload(page, 1_000_001)).status_code == 413
    assert (await upload(page, 1_000_000)).status_code == 200
    assert (await announce(page, 1_000_001)).status_code == 413
    announced = (await announce(page, 10)).json()
    address = announced["upload_descriptor"]["url"]
    stranger = backend.server.client().http
    assert (await stranger.post(address, content=b"x" * 1_000_001)).status_code == 413
    assert (await stranger.post(address, content=b"x" * 1_000_000)).status_code == 200


@pytest.mark.proves("AB-44")
async def test_no_more_files_are_uploaded_than_the_session_says(backend: Backend) -> None:
    page = await backend.page(**files(max_files=2))

    assert (await upload(page)).status_code == 200
    assert (await announce(page)).status_code == 200
    for refused in (await upload(page), await announce(page)):
        assert refused.status_code == 409
        assert refused.json()["error"]["code"] == "quota_exceeded"
    assert (await upload(await backend.page(**files(max_files=1)))).status_code == 200


@pytest.mark.proves("AB-44")
async def test_without_history_earlier_threads_are_neither_listed_nor_opened(backend: Backend) -> None:
    earlier = thread_id_of(await (await backend.page()).say("Hello"))
    page = await backend.page(**history(enabled=False))

    for operation, params in (
        ("threads.list", {}),
        ("threads.get_by_id", {"thread_id": earlier}),
        ("items.list", {"thread_id": earlier}),
    ):
        refused = await page.post(operation, **params)
        assert refused.status_code == 403
        assert "Hello" not in refused.text
    for operation in ("threads.get_by_id", "items.list"):
        assert (await page.post(operation, thread_id="thr_x")).status_code == 404

    own = thread_id_of(await page.say("A new one"))
    assert (await page.call("threads.get_by_id", thread_id=own))["id"] == own
    assert len(await page.items(own)) >= 2


@pytest.mark.proves("AB-44")
async def test_a_conversation_goes_on_when_its_secret_is_renewed_without_history(backend: Backend) -> None:
    first = await backend.page(**history(enabled=False))
    thread_id = thread_id_of(await first.say("Hello"))

    renewed = await backend.page(**history(enabled=False))
    await renewed.say("Are you still there?", thread_id)

    assert len(await renewed.items(thread_id)) >= 4


@pytest.mark.proves("AB-44")
async def test_only_so_many_of_the_last_threads_are_listed_and_opened(backend: Backend) -> None:
    everything = await backend.page()
    made = [thread_id_of(await everything.say(f"Thread {number}")) for number in range(5)]
    page = await backend.page(**history(recent_threads=2), rate_limits=MANY)

    listed = [thread["id"] for thread in (await page.call("threads.list", limit=1))["data"]]
    after = (await page.call("threads.list", limit=1))["after"]
    second = await page.call("threads.list", limit=5, after=after)
    listed += [thread["id"] for thread in second["data"]]
    assert listed == made[:-3:-1]
    assert second["has_more"] is False
    ascending = await page.call("threads.list", limit=9, order="asc")
    assert [thread["id"] for thread in ascending["data"]] == made[-2:]

    for thread_id, status in ((made[4], 200), (made[3], 200), (made[2], 403), (made[0], 403)):
        assert (await page.post("threads.get_by_id", thread_id=thread_id)).status_code == status
        assert (await page.post("items.list", thread_id=thread_id)).status_code == status
    assert (await page.post("threads.get_by_id", thread_id="thr_x")).status_code == 404
    assert len((await everything.call("threads.list"))["data"]) == 5
    none_yet = await backend.page("somebody-new", **history(recent_threads=3))
    assert (await none_yet.call("threads.list"))["data"] == []


@pytest.mark.proves("AB-44")
@pytest.mark.parametrize("enabled", [True, False])
async def test_a_thread_gets_a_title_where_its_session_has_titles(
    backend: Backend, enabled: bool, database: Database
) -> None:
    page = await backend.page(chatkit_configuration={"automatic_thread_titling": {"enabled": enabled}})
    await page.say("What is the weather?")
    await backend.server.nothing_beside()
    title = (await database.execute(text("select title from chatkit.threads"))).scalar_one()
    assert bool(title) is enabled


async def test_users_of_sessions_see_their_own_threads_only(backend: Backend) -> None:
    ann, ben = await backend.page("ann"), await backend.page("ben")
    thread_id = thread_id_of(await ann.say("Hello"))

    assert (await ben.call("threads.list"))["data"] == []
    assert (await ben.post("threads.get_by_id", thread_id=thread_id)).status_code == 404
    again = await backend.page("ann")
    assert [thread["id"] for thread in (await again.call("threads.list"))["data"]] == [thread_id]


@pytest.mark.parametrize("origin", ["https://shop.example", "https://evil.example"])
async def test_a_page_elsewhere_needs_no_cookie_and_reads_where_it_may(
    settings: Settings, tmp_path: Path, origin: str
) -> None:
    allowed = settings.model_copy(update={"allowed_origins": ("https://shop.example",)})
    async with serving(allowed) as server:
        backend = backend_of(server)
        page = await backend.page()
        answer = await page.http.post(
            "/chatkit", json={"type": "threads.list", "params": {}}, headers={"Origin": origin}
        )
        await backend.client.close()
    readable = answer.headers.get("access-control-allow-origin")
    assert (readable == origin) is (origin == "https://shop.example")
    assert "set-cookie" not in answer.headers
