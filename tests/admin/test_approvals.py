"""`chatkit-server approvals`, and what it shows of calls that wait and calls that were decided."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.admin.queries import ThreadFilter
from app.admin.reports import report_approvals
from app.db.tables import pauses, thread_items
from tests.admin.conftest import ADMIN, NOW, Office
from tests.admin.test_commands import run


@pytest.fixture
async def asked(office: Office) -> Office:
    """Ann was asked about two calls, which are decided; Bob is being asked about one."""
    calls = [
        {"question": "approval_1", "tool": "send_email", "arguments": '{"to": "b\\u001b[31mob"}'},
        {"question": "approval_2", "tool": "search", "arguments": "{}", "server": "library"},
    ]
    await office.turn("thr_tea", "turn_2", "interrupted")
    decided = {
        "decided_at": NOW.replace(minute=50),
        "decisions": {"approval_1": True, "approval_2": False},
        "decided_turn_id": "turn_2",
    }
    await _ask(office, "thr_tea", calls=calls, minute=40, **decided)
    await _ask(office, "thr_bob", calls=calls[:1], minute=45, state={"secret": "of the run"})
    return office


async def _ask(office: Office, thread_id: str, *, minute: int, **columns: object) -> None:
    first = sa.select(thread_items.c.id).where(thread_items.c.thread_id == thread_id).limit(1)
    row = {
        "thread_id": thread_id,
        "item_id": first.scalar_subquery(),
        "turn_id": "turn_1",
        "state_version": "1.0",
        "created_at": NOW.replace(minute=minute),
        **columns,
    }
    await office.run(sa.insert(pauses).values(row))


async def test_those_that_wait_are_listed(asked: Office, database_url: str) -> None:
    code, out, _ = await run("-m", "app.cli", "approvals", CHATKIT_DATABASE_URL=database_url)

    assert code == 0
    assert "thr_bob" in out
    assert "send_email" in out
    assert "thr_tea" not in out
    assert "secret" not in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ThreadFilter(), [("thr_bob", 1), ("thr_tea", 1), ("thr_tea", 2)]),
        (ThreadFilter(status="approved"), [("thr_tea", 1)]),
        (ThreadFilter(status="refused"), [("thr_tea", 2)]),
        (ThreadFilter(user_id="ann"), [("thr_tea", 1), ("thr_tea", 2)]),
        (ThreadFilter(since=NOW.replace(minute=42)), [("thr_bob", 1)]),
        (ThreadFilter(user_id="nobody"), []),
    ],
)
async def test_some_of_them_as_json(asked: Office, wanted: ThreadFilter, found: list[Any]) -> None:
    shown = json.loads(await report_approvals(asked.database, ADMIN, wanted, limit=20, as_json=True))

    assert [(row["thread_id"], row["call"]) for row in shown["approvals"]] == found
    assert shown["more"] is False


async def test_a_turn_that_did_not_end_is_said(asked: Office) -> None:
    text = await report_approvals(
        asked.database, ADMIN, ThreadFilter(status="approved"), limit=20, as_json=False
    )
    one = await report_approvals(asked.database, ADMIN, ThreadFilter(), limit=1, as_json=False)
    none = await report_approvals(asked.database, ADMIN, ThreadFilter(user_id="x"), limit=1, as_json=False)

    assert "turn interrupted" in text
    assert "search on library" not in text
    assert "There are more" in one
    assert none == "No approvals."
