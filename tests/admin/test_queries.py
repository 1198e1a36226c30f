"""What an operator is told: everybody's threads, filtered, paged, in full, and found by what they say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.admin import scan
from app.admin.queries import ThreadFilter, list_threads, show_thread
from app.admin.records import Matches, ThreadDetails, ThreadPage
from app.admin.search import search
from app.db.tables import threads
from app.errors import BadRequest, NotFound
from tests.admin.conftest import NOW, Office

FILL = """
insert into chatkit.thread_items (thread_id, seq, id, type, text, created_at, payload)
select 'thr_tea', n + 100, n::text, 'x', 'filler ' || n, now(), '{}' from generate_series(1, 20000) n
"""


async def listed(office: Office, limit: int = 10, after: str | None = None, **wanted: Any) -> ThreadPage:
    async with office.database.autocommit() as connection:
        return await list_threads(connection, ThreadFilter(**wanted), limit=limit, after=after)


async def shown(office: Office, thread_id: str, items: int = 50) -> ThreadDetails:
    async with office.database.autocommit() as connection:
        return await show_thread(connection, thread_id, items=items)


async def found(office: Office, query: str, **wanted: Any) -> Matches:
    async with office.database.autocommit() as connection:
        return await search(connection, query, **({"limit": 10} | wanted))


def ids(page: ThreadPage) -> list[str]:
    return [thread.id for thread in page.threads]


async def test_the_threads_of_all_users_are_listed_by_activity(office: Office) -> None:
    page = await listed(office)
    assert ids(page) == ["thr_bob", "thr_tea", "thr_old"]
    assert page.after is None
    tea = page.threads[1]
    assert (tea.user_id, tea.title, tea.items, tea.last_message) == ("ann", "Tea", 2, "Green tea, of course")
    assert (page.threads[2].status, page.threads[2].status_reason) == ("locked", "unpaid")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"user_id": "ann"}, ["thr_tea", "thr_old"]),
        ({"user_id": "nobody"}, []),
        ({"status": "locked"}, ["thr_old"]),
        ({"since": NOW.replace(minute=10)}, ["thr_bob", "thr_tea"]),
        ({"since": NOW.replace(minute=10), "user_id": "ann", "status": "active"}, ["thr_tea"]),
    ],
)
async def test_the_list_can_be_filtered(office: Office, wanted: dict[str, Any], expected: list[str]) -> None:
    assert ids(await listed(office, **wanted)) == expected


async def test_the_list_is_paged_and_ties_are_neither_repeated_nor_lost(office: Office) -> None:
    for number in range(5):
        await office.thread(f"thr_{number}", "cid", minute=30)
    await office.run(sa.update(threads).values(updated_at=NOW))
    seen, after = [], None
    while True:
        page = await listed(office, limit=3, after=after)
        seen += ids(page)
        if page.after is None:
            break
        after = page.after
    assert seen == sorted((f"thr_{name}" for name in ["bob", "tea", "old", *range(5)]), reverse=True)


@pytest.mark.parametrize(
    "after", ["", "x", "/thr_tea", "2026-11-22T12:30:00/thr_tea", "2026-11-22T12:30:00+00:00/"]
)
async def test_a_made_up_place_is_refused(office: Office, after: str) -> None:
    with pytest.raises(BadRequest):
        await listed(office, after=after)


async def test_a_thread_is_shown_with_hidden_items_and_turns(office: Office) -> None:
    details = await shown(office, "thr_tea")
    assert details.thread.title == "Tea"
    assert [(item.role, item.text, item.hidden) for item in details.items] == [
        ("user", "Which tea is best?", False),
        ("assistant", "Green tea, of course", False),
        (None, "the user stopped", True),
    ]
    assert (details.items[0].turn_status, details.items[0].error, details.items[2].turn_id) == (
        "failed",
        "model_error",
        None,
    )
    (turn,) = details.turns
    assert (turn.id, turn.status, turn.model, turn.input_tokens, turn.finished_at) == (
        "turn_1",
        "failed",
        "m-1",
        10,
        None,
    )
    assert details.earlier == 0


async def test_only_the_last_items_are_shown_and_the_others_counted(office: Office) -> None:
    details = await shown(office, "thr_tea", items=1)
    assert [item.text for item in details.items] == ["the user stopped"]
    assert details.earlier == 2


async def test_a_running_turn_is_told(office: Office) -> None:
    await office.turn("thr_bob", "turn_2", "running", lease_expires_at=NOW + timedelta(seconds=10))
    assert (await listed(office)).threads[0].running_turn == "turn_2"


async def test_a_thread_that_is_not_there_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        await shown(office, "thr_none")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tea", ["assistant_20", "user_18"]),
        ("TEA best", ["user_18"]),
        ('"green tea"', ["assistant_20"]),
        ("tea -green", ["user_18"]),
        ("best or course", ["assistant_20", "user_18"]),
        ("stopped", ["note_16"]),
    ],
)
async def test_items_are_found_by_their_words(office: Office, query: str, expected: list[str]) -> None:
    matches = await found(office, query)
    assert matches.matched_by == "words"
    assert sorted(match.item_id for match in matches.matches) == expected


@pytest.mark.parametrize("query", ["何がいい", "100%", "% s", "e_t", "KIN", "tea, of"])
async def test_what_is_no_word_is_found_as_it_stands(office: Office, query: str) -> None:
    await office.say("thr_tea", "ann", "user", "asking again: tea, of all things")
    matches = await found(office, query)
    assert [query.lower() in match.excerpt.lower() for match in matches.matches] == [True] * len(
        matches.matches
    )
    assert matches.matches


@pytest.mark.parametrize(
    "query", ["", "%", "_x", "'", "!!", "a & | !", "((", "\x00", '"', ":*", "nothing like it"]
)
async def test_any_query_is_answered(office: Office, query: str) -> None:
    for match in (await found(office, query)).matches:
        assert query.replace("\x00", "") in match.excerpt


async def test_what_is_found_can_be_filtered_and_is_bounded(office: Office) -> None:
    assert (await found(office, "tea", user_id="bob")).matches == []
    assert (await found(office, "tea", since=NOW + timedelta(seconds=1))).matches == []
    matches = await found(office, "tea", limit=1)
    assert (len(matches.matches), matches.more) == (1, True)
    assert not (await found(office, "tea", limit=2)).more


@pytest.mark.new_database
async def test_words_are_found_through_the_index(office: Office) -> None:
    await office.run(sa.text(FILL))
    with statements() as sent:
        matches = await found(office, "filler 12345")
    assert [match.item_id for match in matches.matches] == ["12345"]
    assert "thread_items_text_search_idx" in await plan(office, *sent)


@pytest.mark.new_database
async def test_what_is_no_word_is_looked_for_in_parts_that_take_no_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a table that is read in one part, any way to do that is as good.
    monkeypatch.setattr(scan, "PAGES", 100)
    await office.run(sa.text(FILL))
    await office.run(sa.text("analyze chatkit.thread_items"))
    with statements() as sent:
        matches = await found(office, "iller 12")
    assert len(sent) < 5
    assert "Tid Range Scan on thread_items" in await plan(office, sent[2])
    assert [len(matches.matches), matches.more, matches.whole] == [10, True, True]


@pytest.mark.parametrize("user", [None, "ann"])
async def test_everything_is_read_where_the_time_allows(
    office: Office, user: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "PAGES", 1)
    monkeypatch.setattr(scan, "THREADS", 1)
    await office.run(sa.text(FILL))
    matches = await found(office, "hich t", user_id=user)
    assert [match.item_id for match in matches.matches] == ["user_18"]
    assert matches.whole
    assert (await found(office, "not there", user_id=user)).whole


@pytest.mark.parametrize("user", [None, "ann"])
async def test_a_search_that_takes_too_long_is_given_up_and_says_so(
    office: Office, user: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "PAGES", 1)
    monkeypatch.setattr(scan, "THREADS", 1)
    await office.run(sa.text(FILL))
    matches = await found(office, "not there", user_id=user, seconds=0)
    assert (matches.matches, matches.whole) == ([], False)


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Collect what is sent meanwhile, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


async def plan(office: Office, sent: tuple[str, Any]) -> str:
    """Return how PostgreSQL runs a statement."""
    statement, parameters = sent
    async with office.database.autocommit() as connection:
        explained = await connection.exec_driver_sql(f"explain {statement}", parameters)
        return "\n".join(explained.scalars().all())
