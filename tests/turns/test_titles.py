"""A title that is made beside a turn, and an assistant that names the thread itself."""

from datetime import UTC, datetime

import pytest
from chatkit.types import ThreadMetadata

from app.ids import TurnId, UserId
from app.turns.turn import Turn


def turn_on(thread: ThreadMetadata) -> Turn:
    return Turn(TurnId("turn_1"), thread, UserId("user"), "fingerprint", stops_unread=False)


@pytest.fixture
def thread() -> ThreadMetadata:
    return ThreadMetadata(id="thr_1", created_at=datetime.now(UTC))


@pytest.mark.proves("FEAT-title-1")
def test_a_title_is_no_change_that_the_turn_would_write_back(thread: ThreadMetadata) -> None:
    turn = turn_on(thread)

    turn.titled("Made beside it")

    assert turn.thread.title == "Made beside it"
    assert turn.thread == turn.stored


@pytest.mark.proves("FEAT-title-1", "T10")
def test_what_an_assistant_has_named_the_thread_is_still_to_be_stored(thread: ThreadMetadata) -> None:
    turn = turn_on(thread)
    turn.thread.title = "Named by a tool"

    turn.titled("Made beside it")

    assert turn.thread.title == "Named by a tool"
    assert turn.thread != turn.stored
