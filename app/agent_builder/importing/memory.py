"""What the model remembers of an imported item: what was said and shown, and calls with the output they had.

Nothing is made up: a call whose output nobody knows is remembered without one, and the model is told so when
the memory is loaded.
"""

from collections.abc import Sequence
from typing import Any

from chatkit.types import AssistantMessageItem, ClientToolCallItem, ThreadItem, UserMessageItem, WidgetItem
from pydantic_core import to_json

from app.assistant.model_input import model_input
from app.assistant.model_notes import note_of
from app.threads.importing.tool_calls import was_answered
from app.transcripts import row_of
from app.transcripts.portable import function_call, function_output


def memory_of(item: ThreadItem) -> Sequence[tuple[str, int]]:
    """Return the rows of the model's memory for an item: JSON, and size in tokens."""
    rows = [row_of(remembered) for remembered in _remembered(item)]
    return [(to_json(row["item"], inf_nan_mode="null").decode(), row["tokens"]) for row in rows]


def _remembered(item: ThreadItem) -> Sequence[Any]:
    match item:
        case UserMessageItem():
            return model_input(item)
        case AssistantMessageItem():
            text = "\n".join(part.text for part in item.content)
            return [{"role": "assistant", "content": text}] if text.strip() else []
        case ClientToolCallItem():
            call = function_call(item.call_id, item.name, item.arguments)
            return [call, function_output(item.call_id, item.output)] if was_answered(item) else [call]
        case WidgetItem():
            return [note_of(item)]
        case _:
            return []
