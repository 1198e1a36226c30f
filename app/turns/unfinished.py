"""What a user finds of a turn that did not come to its end: a sentence in the thread, one on the stream."""

from datetime import UTC, datetime

from chatkit.types import CustomTask, ErrorEvent, TaskItem

from app.ids import ThreadId, new_id
from app.turns.failures import Failure


def failure_item(thread_id: ThreadId, failure: Failure) -> TaskItem:
    """Return what stays in the thread of a failure, so that a reload shows it too."""
    return TaskItem(
        id=new_id("tsk"),
        thread_id=thread_id,
        created_at=datetime.now(UTC),
        task=CustomTask(title="No complete answer", icon="info", content=failure.sentence),
    )


def error_event(failure: Failure) -> ErrorEvent:
    """Return what readers of the stream are told of a failure."""
    return ErrorEvent(code="custom", message=failure.sentence, allow_retry=failure.allow_retry)
