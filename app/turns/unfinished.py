"""What a user finds of a turn that did not come to its end: a sentence in the thread, one on the stream."""

from datetime import UTC, datetime

from chatkit.types import CustomTask, ErrorEvent, TaskItem

from app.ids import ThreadId, new_id
from app.languages import Sentence, translated
from app.turns.failures import Failure

TITLE: Sentence = "No complete answer"


def failure_item(thread_id: ThreadId, failure: Failure, language: str) -> TaskItem:
    """Return what stays in the thread of a failure, so that a reload shows it too."""
    return TaskItem(
        id=new_id("tsk"),
        thread_id=thread_id,
        created_at=datetime.now(UTC),
        task=CustomTask(title=translated(TITLE, language), icon="info", content=failure.message(language)),
    )


def error_event(failure: Failure, language: str) -> ErrorEvent:
    """Return what readers of the stream are told of a failure."""
    return ErrorEvent(code="custom", message=failure.message(language), allow_retry=failure.allow_retry)
