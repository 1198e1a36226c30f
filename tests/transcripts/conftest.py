"""The memory of one thread."""

from collections.abc import Callable

import pytest

from app.db.engine import Database
from app.transcripts import Transcripts
from tests.transcripts.remembering import OWNER, THREAD, Memory, add_thread


@pytest.fixture
async def memory_of(database: Database) -> Callable[[int], Memory]:
    """Make the memory of a thread with a given token budget."""
    await add_thread(database, THREAD, OWNER)
    return lambda budget: Memory(database, Transcripts(database, budget))


@pytest.fixture
def memory(memory_of: Callable[[int], Memory]) -> Memory:
    return memory_of(60_000)
