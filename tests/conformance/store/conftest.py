"""What is held to the contract of `chatkit.store.Store`.

To hold another implementation to it, replace the fixture `implementation`; no test here knows ours.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from chatkit.store import Store
from chatkit.types import ThreadMetadata

from app.context import Principal, RequestContext
from app.db.embedded import ConnectionUrls
from app.db.engine import Database
from app.errors import BadRequest
from app.ids import UserId
from app.threads.store import ThreadStore
from tests.conformance.store.samples import NOW


@dataclass(frozen=True)
class Implementation:
    """A store, how it is told who asks, and how it says that something cannot be stored."""

    store: Store[Any]
    context_of: Callable[[str], Any]
    refusals: tuple[type[Exception], ...]


@pytest.fixture
async def implementation(postgres: ConnectionUrls) -> AsyncIterator[Implementation]:
    """Our store on a database that all these tests share: each has users and threads of its own."""
    database = Database(postgres.app, pool_size=5)
    yield Implementation(
        ThreadStore(database), lambda user: RequestContext(Principal(UserId(user)), "request"), (BadRequest,)
    )
    await database.dispose()


@pytest.fixture
def store(implementation: Implementation) -> Store[Any]:
    return implementation.store


_users = count()


@pytest.fixture
def new_user(implementation: Implementation) -> Callable[[], Any]:
    """Make the context of a user that has nothing yet."""
    return lambda: implementation.context_of(f"user {next(_users)}")


@pytest.fixture
def ann(new_user: Callable[[], Any]) -> Any:
    return new_user()


@pytest.fixture
def bob(new_user: Callable[[], Any]) -> Any:
    return new_user()


@pytest.fixture
async def thread(store: Store[Any], ann: Any) -> ThreadMetadata:
    """An empty thread of Ann's."""
    thread = ThreadMetadata(id=store.generate_thread_id(ann), created_at=NOW)
    await store.save_thread(thread, ann)
    return thread


@pytest.fixture
def thread_id(store: Store[Any], ann: Any) -> str:
    """An id under which there is no thread yet."""
    return store.generate_thread_id(ann)
