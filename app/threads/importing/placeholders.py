"""What stands in a thread in place of an item that has no form here, so that nothing is missing unseen."""

from chatkit.types import CustomTask, TaskItem

from app.languages import Sentence, translated
from app.threads.importing.hosted import Raw, json_in, kind_of
from app.threads.importing.places import Place
from app.threads.visible_text import text_in

NOT_SHOWN: Sentence = "Cannot be shown after the move: {kind}"
MAX_CONTENT = 4_000


def placeholder(raw: Raw, place: Place, language: str) -> TaskItem:
    """Return a task that names the kind of the item, with whatever can be read of it."""
    title = translated(NOT_SHOWN, language, {"kind": kind_of(raw)[:100]})
    return TaskItem(**place.fields, task=CustomTask(title=title, content=_text(raw)))


def _text(raw: Raw) -> str | None:
    try:
        return (text_in({name: json_in(value) for name, value in raw.items()}) or "")[:MAX_CONTENT] or None
    except RecursionError:
        return None
