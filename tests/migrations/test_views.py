"""What an admin sees."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

ROWS = """
    insert into chatkit.threads (id, user_id, title) values ('thr_1', 'u', 'Greetings'), ('thr_2', 'u', null);
    insert into chatkit.turns (thread_id, id, kind, status, fingerprint, worker, model)
        values ('thr_1', 'turn_1', 'threads.create', 'done', 'f', 'w', 'm-1'),
            ('thr_1', 'turn_2', 'threads.add_user_message', 'running', 'f', 'w', null);
    insert into chatkit.thread_items
        (thread_id, seq, id, type, role, text, hidden, turn_id, created_at, payload)
    values
        ('thr_1', 1, 'msg_1', 'user_message', 'user', 'Hello?', false, null, now(), '{}'),
        ('thr_1', 2, 'msg_2', 'assistant_message', 'assistant', repeat('Hi! ', 99), false, 'turn_1', now(),
            '{}'),
        ('thr_1', 3, 'wgt_1', 'widget', null, 'a widget', false, 'turn_1', now(), '{}'),
        ('thr_1', 4, 'hid_1', 'hidden_context_item', null, 'secret', true, 'turn_1', now(), '{}');
"""


@pytest.fixture
async def app(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The application's session, with two threads in place."""
    connection = await asyncpg.connect(database_url)
    await connection.execute(ROWS)
    yield connection
    await connection.close()


async def test_a_thread_is_one_line(app: "asyncpg.Connection[asyncpg.Record]") -> None:
    first, second = await app.fetch("select * from chatkit.admin_threads order by id")
    assert (first["user_id"], first["title"], first["status"]) == ("u", "Greetings", "active")
    assert first["items"] == 3
    assert first["last_message"] == "Hi! " * 50
    assert first["running_turn"] == "turn_2"
    assert (second["items"], second["last_message"], second["running_turn"]) == (0, None, None)


async def test_a_message_is_one_line_with_the_fate_of_its_turn(
    app: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    lines = await app.fetch(
        "select id, user_id, role, text, hidden, turn_status, model from chatkit.admin_messages order by seq"
    )
    assert [line["id"] for line in lines] == ["msg_1", "msg_2", "wgt_1", "hid_1"]
    assert tuple(lines[0]) == ("msg_1", "u", "user", "Hello?", False, None, None)
    assert (lines[1]["turn_status"], lines[1]["model"]) == ("done", "m-1")
    assert [line["hidden"] for line in lines] == [False, False, False, True]
