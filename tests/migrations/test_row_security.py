"""When PostgreSQL checks what a statement is given, on each version: row-level security rests on it."""

import asyncpg
import pytest
import sqlalchemy as sa

from app.db.acting import Owner
from app.db.embedded import ConnectionUrls
from app.db.engine import Database
from app.db.migrate import migrate
from app.db.tables import thread_items, threads

TOLD = sa.bindparam("me", type_=Owner()).is_not(None)


@pytest.mark.proves("SEC-06")
@pytest.mark.parametrize("prepared", [True, False], ids=["prepared", "behind a pooler"])
async def test_a_statement_sees_rows_of_whom_it_tells_from_its_first_row_on(
    empty: ConnectionUrls, prepared: bool
) -> None:
    await migrate(empty.owner)
    owner = await asyncpg.connect(empty.owner)
    await owner.execute("insert into chatkit.threads (id, user_id) values ('a', 'ann'), ('b', 'bob')")
    await owner.execute(
        "insert into chatkit.thread_items (thread_id, seq, id, type, created_at, payload)"
        " select id, 1, id, 'end_of_turn', now(), '{}' from chatkit.threads"
    )
    await owner.close()
    database = Database(empty.app, pool_size=1, walled=True, prepared_statements=prepared)
    for table in (threads, thread_items):
        ids = sa.select(table.c.id).order_by(table.c.id)
        # More than once: the plan of a prepared statement is kept.
        for me, own in [("ann", ["a"]), ("bob", ["b"]), ("nobody", [])] * 3:
            assert list((await database.execute(ids.where(TOLD), {"me": me})).scalars()) == own
            assert list((await database.execute(ids)).scalars()) == []
    await database.dispose()
