"""Back-ends list, read and delete the threads of their users with the vendor's client."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openai
import pytest
from chatkit.types import (
    ActiveStatus,
    ClosedStatus,
    LockedStatus,
    ThreadStatus,
)
from sqlalchemy import text

from app.db.engine import Database
from tests.attachments.browser import with_files
from tests.attachments.samples import image
from tests.patience import PATIENCE
from tests.serving import thread_id_of, user_input
from tests.sessions.backend import Backend
from tests.sessions.stored import ANN, BEN, NOW, ids, put_items, put_thread, said


@pytest.fixture
async def shelf(database: Database, backend: Backend) -> list[str]:
    """Nine threads of Ann's and Ben's in turn, of which some were made in the same second."""
    made = [f"thr_{number}" for number in range(9)]
    for number, thread_id in enumerate(made):
        await put_thread(database, (ANN, BEN)[number % 2], thread_id, number // 3)
    return made


@pytest.mark.proves("AB-40", "AB-45")
async def test_the_client_walks_through_all_threads_in_either_order(
    backend: Backend, shelf: Sequence[str]
) -> None:
    walk = backend.threads.list
    for limit in (1, 2, 4, 100):
        assert await ids(walk(limit=limit, order="asc")) == shelf
        assert await ids(walk(limit=limit)) == shelf[::-1]
        assert await ids(walk(limit=limit, order="asc", user="ann")) == shelf[::2]
        assert await ids(walk(limit=limit, user="ben")) == shelf[1::2][::-1]
        assert await ids(walk(limit=limit, user="nobody")) == []


@pytest.mark.proves("AB-45")
@pytest.mark.parametrize("user", [None, "ann"])
async def test_pages_lead_back_as_they_lead_on(
    backend: Backend, shelf: Sequence[str], user: str | None
) -> None:
    whole = [thread_id for number, thread_id in enumerate(shelf) if user is None or number % 2 == 0]
    for order, expected in (("asc", whole), ("desc", whole[::-1])):
        for place, cursor in enumerate(expected):
            for limit in (1, 3):

                async def page(order: str = order, limit: int = limit, **where: str) -> Any:
                    asked = {"order": order, "limit": limit, **({"user": user} if user else {}), **where}
                    return (await backend.ask("GET", "/chatkit/threads", params=asked)).json()

                after = await page(after=cursor)
                assert [each["id"] for each in after["data"]] == expected[place + 1 :][:limit]
                assert after["has_more"] is (place + 1 + limit < len(expected))
                before = await page(before=cursor)
                found = [each["id"] for each in before["data"]]
                assert found == expected[max(0, place - limit) : place]
                assert before["has_more"] is (place > limit)
                assert (before["first_id"], before["last_id"]) == (
                    (found[0], found[-1]) if found else (None, None)
                )
                both = await page(after=expected[0], before=cursor)
                assert [each["id"] for each in both["data"]] == expected[1:place][:limit]


@pytest.mark.proves("AB-45")
async def test_pages_stay_in_place_while_threads_come_and_are_used(
    backend: Backend, shelf: Sequence[str], database: Database
) -> None:
    for order, expected in (("desc", list(shelf[::-1])), ("asc", [*shelf, "thr_new_desc", "thr_new_asc"])):
        first = await backend.threads.list(limit=4, order=order)
        await put_thread(database, ANN, f"thr_new_{order}", 10 + (order == "asc"))
        await put_items(database, ANN, "thr_8", said(f"m_{order}"))
        rest = await ids(backend.threads.list(limit=4, order=order, after=first.last_id))
        assert [each.id for each in first.data] + rest == expected


IMPOSSIBLE = [
    ("limit", "101"),
    ("limit", "-1"),
    ("limit", "9" * 30),
    ("limit", "ten"),
    ("limit", "1.0"),
    ("limit", ""),
    ("order", "random"),
    ("user", ""),
    ("user", "u" * 513),
    ("after", "nothing"),
    ("before", "nothing"),
    ("after", "a\x00b"),
    ("after", "x" * 5000),
    ("after", ""),
]


@pytest.mark.proves("AB-45")
async def test_a_list_that_cannot_be_is_refused(backend: Backend, shelf: Sequence[str]) -> None:
    for path in ("/chatkit/threads", "/chatkit/threads/thr_0/items"):
        for param, value in IMPOSSIBLE:
            error = await backend.refused(400, "GET", path, params={param: value})
            assert error["param"] == param
            assert f"'{param}'" in error["message"] or param == "order"


@pytest.mark.proves("AB-45")
async def test_a_place_in_the_list_of_another_is_as_good_as_none(
    backend: Backend, shelf: Sequence[str], database: Database
) -> None:
    await put_items(database, ANN, "thr_0", said("msg_0"))
    await put_items(database, BEN, "thr_1", said("msg_1"))

    async def sentence(path: str, given: str, **asked: str) -> str:
        error = await backend.refused(400, "GET", path, params={"after": given, **asked})
        return str(error).replace(given, "…")

    assert await sentence("/chatkit/threads", "thr_1", user="ann") == await sentence(
        "/chatkit/threads", "thr_x", user="ann"
    )
    assert await sentence("/chatkit/threads/thr_0/items", "msg_1") == await sentence(
        "/chatkit/threads/thr_0/items", "msg_x"
    )


async def test_a_page_of_nothing_says_whether_there_is_more(backend: Backend, shelf: Sequence[str]) -> None:
    page = (await backend.ask("GET", "/chatkit/threads", params={"limit": "0"})).json()
    assert page == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": True}
    assert await ids(backend.threads.list(limit=0)) == []


@pytest.mark.proves("AB-40", "AB-46")
async def test_a_thread_is_as_the_hosted_api_shows_it(backend: Backend, database: Database) -> None:
    statuses: list[tuple[ThreadStatus, dict[str, Any]]] = [
        (ActiveStatus(), {"type": "active"}),
        (LockedStatus(reason="Paid"), {"type": "locked", "reason": "Paid"}),
        (ClosedStatus(), {"type": "closed", "reason": None}),
    ]
    for number, (status, hosted) in enumerate(statuses):
        thread_id = await put_thread(database, ANN, f"thr_{number}", status=status)
        assert (await backend.threads.retrieve(thread_id)).to_dict() == {
            "id": thread_id,
            "object": "chatkit.thread",
            "created_at": int(NOW.timestamp()),
            "title": None,
            "status": hosted,
            "user": "ann",
        }


async def test_a_thread_that_is_not_there_has_nothing(backend: Backend) -> None:
    for method, path in (("GET", ""), ("GET", "/items"), ("DELETE", "")):
        for thread_id in ("thr_x", "a%00b", "%ff", "x" * 3000):
            error = await backend.refused(404, method, f"/chatkit/threads/{thread_id}{path}")
            assert error["message"].startswith("Chatkit Thread with id '")


COUNTS = """
select (select count(*) from chatkit.threads), (select count(*) from chatkit.thread_items),
    (select count(*) from chatkit.transcript_items), (select count(*) from chatkit.turns),
    (select count(*) from chatkit.feedback), (select count(*) from chatkit.attachments)
"""


@pytest.fixture
async def everything(backend: Backend) -> str:
    """A thread with two answers, a vote and files."""
    page = await backend.page(chatkit_configuration={"file_upload": {"enabled": True}})
    files = {"file": ("a.png", image(), "image/png")}
    file = (await page.http.post("/chatkit/files", files=files)).json()
    async with page.stream("threads.create", input=with_files(file["id"])) as events:
        await events.rest()
    thread_id = thread_id_of(events)
    answer = (await page.items(thread_id, order="desc"))[0]["id"]
    await page.call("items.feedback", thread_id=thread_id, item_ids=[answer], kind="positive")
    return thread_id


@pytest.mark.proves("AB-47", "AB-40")
async def test_deleting_leaves_nothing(
    backend: Backend, everything: str, database: Database, tmp_path: Path
) -> None:
    assert all((await database.execute(text(COUNTS))).one())
    stored = tmp_path / "data" / "files"
    assert any(path.is_file() for path in stored.rglob("*"))

    deleted = await backend.threads.delete(everything)

    assert deleted.to_dict() == {"id": everything, "object": "chatkit.thread.deleted", "deleted": True}
    assert not any((await database.execute(text(COUNTS))).one())
    async with asyncio.timeout(PATIENCE):
        while any(path.is_file() for path in stored.rglob("*")):
            await asyncio.to_thread(lambda: None)
    with pytest.raises(openai.NotFoundError):
        await backend.threads.delete(everything)


@pytest.mark.proves("SEC-64")
async def test_who_reads_or_deletes_with_the_key_of_the_server_is_written_down(
    backend: Backend, everything: str, database: Database
) -> None:
    await backend.threads.list_items(everything)
    await backend.threads.delete(everything)

    found = await database.execute(
        text("select action, actor_kind, thread_ids, source from chatkit.audit_log order by at, id")
    )
    assert [tuple(row) for row in found] == [
        ("threads.read", "server_key", [everything], "127.0.0.1"),
        ("threads.delete", "server_key", [everything], "127.0.0.1"),
    ]


@pytest.mark.proves("AB-47")
async def test_deleting_ends_a_running_answer(backend: Backend, database: Database) -> None:
    page = await backend.page()
    async with page.stream("threads.create", input=user_input("/story")) as events:
        created = await events.until("thread.created")
        await backend.threads.delete(created["thread"]["id"])
        await events.rest()
    await backend.server.turns_ended()
    assert not any((await database.execute(text(COUNTS))).one())


@pytest.mark.proves("AB-40", "AB-46")
async def test_what_was_said_in_a_session_is_read_with_the_key(backend: Backend) -> None:
    page = await backend.page("ben")
    thread_id = thread_id_of(await page.say("Hello"))

    thread = await backend.threads.retrieve(thread_id)
    said_there = [item async for item in backend.threads.list_items(thread_id, order="asc")]

    assert thread.user == "ben"
    kinds = [item.type for item in said_there]
    assert kinds[0] == "chatkit.user_message"
    assert "chatkit.assistant_message" in kinds
    assert said_there[0].content[0].text == "Hello"
