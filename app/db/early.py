"""Starting the embedded PostgreSQL while the process imports what will use it: both take about as long.

Decides only whether there is one to start; `app/db/opening.py` takes it from there.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.settings import Settings

if TYPE_CHECKING:
    from app.db.embedded import EmbeddedPostgres


@contextmanager
def begun_postgres(settings: Settings) -> "Iterator[EmbeddedPostgres | None]":
    """Yield the server of `settings`, its start begun, or None where there is none; stop it on leaving."""
    if settings.database_url is not None or sys.platform == "win32":
        yield None
        return
    from app.db.embedded.begun import BegunPostgres

    postgres = BegunPostgres(settings.data_dir, bin_dir=settings.postgres_bin_dir)
    postgres.begin()
    try:
        yield postgres
    finally:
        postgres.give_up()
