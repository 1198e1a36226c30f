"""Every statement on an owned table names the owner: those of every module, and those that are sent."""

from pkgutil import resolve_name

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.db.acting import for_everyone
from app.db.engine import Database
from app.db.owned import OWNER, THREAD, own_thread, own_threads, own_turns
from app.db.tables import threads as threads_table
from app.db.tables import turns
from app.threads import threads
from tests.owners import SPANS_OWNERS, Watch, breaks_the_rule, watched
from tests.statements import statements

STATEMENTS = statements()


def _taken_over() -> sa.Insert:
    """A thread that is stored over another's with the same id."""
    insert = postgresql.insert(threads_table).values(id=THREAD, user_id=OWNER)
    return insert.on_conflict_do_update(index_elements=["id"], set_={"user_id": OWNER})


@pytest.mark.proves("SEC-05", "STORE-10", "T20")
@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_names_the_owner(name: str) -> None:
    assert not breaks_the_rule(name, STATEMENTS[name])


def test_the_statements_are_found() -> None:
    some = {"app.threads.items._SAVE", "app.transcripts.rows._newest", "app.turns.acceptance._IN_THREAD"}
    assert some <= STATEMENTS.keys()
    assert len(STATEMENTS) > 30


@pytest.mark.parametrize(
    ("statement", "breaks"),
    [
        (sa.select(threads_table), True),
        (sa.delete(threads_table).where(threads_table.c.id == "a"), True),
        (sa.update(threads_table).where(threads_table.c.user_id == threads_table.c.title), True),
        (sa.text("select user_id from chatkit.threads"), True),
        (sa.select(threads_table).where(threads_table.c.user_id == "u"), True),
        (sa.select(threads_table).where(sa.or_(own_threads(), threads_table.c.title == "a")), True),
        (sa.select(threads_table, turns).where(own_thread()), True),
        (sa.select(turns).where(turns.c.thread_id == THREAD), True),
        (sa.select(turns).where(turns.c.thread_id.in_(sa.select(turns.c.thread_id))), True),
        (
            sa.select(sa.exists().where(turns.c.id == "a")).select_from(threads_table).where(own_thread()),
            True,
        ),
        (sa.insert(threads_table).values(id="a", user_id="u"), True),
        (_taken_over(), True),
        (sa.select(threads_table).where(own_threads(), for_everyone("a test")), True),
        (sa.select(threads_table).where(own_threads()), False),
        (sa.select(threads_table, turns).where(own_thread(), turns.c.thread_id == threads_table.c.id), False),
        (sa.delete(turns).where(own_turns()), False),
        (sa.insert(threads_table).values(id="a", user_id=OWNER), False),
        (sa.text("select 1"), False),
    ],
    ids=str,
)
def test_a_statement_that_leaves_a_table_without_owner_is_told_apart(
    statement: sa.ClauseElement, breaks: bool
) -> None:
    assert breaks_the_rule("app.somewhere.function", statement) is breaks


@pytest.mark.parametrize("entry", [entry for entry in SPANS_OWNERS if not entry.endswith(".")])
def test_who_may_span_owners_exists(entry: str) -> None:
    assert resolve_name(entry) is not None


@pytest.mark.proves("SEC-05")
@pytest.mark.parametrize("unit", ["single", "connection"])
async def test_a_statement_that_the_server_sends_is_noticed(
    database: Database, unit: str, watch: Watch
) -> None:
    async with database.transaction() as connection:
        with watched() as other:
            await threads.delete(database if unit == "single" else connection, *("thread", "user"))  # type: ignore[arg-type]
    assert other.seen == {"app.threads.threads.delete"}
    assert other.found == {}
    assert "app.threads.threads.delete" in watch.seen
