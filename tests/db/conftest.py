"""What the tests of the database need besides the shared fixtures."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.db.embedded import ConnectionUrls
from app.db.urls import with_database


@pytest.fixture
async def admin(postgres: ConnectionUrls) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A superuser's connection, outside the test's own database."""
    connection = await asyncpg.connect(with_database(postgres.admin, "postgres"))
    yield connection
    await connection.close()
