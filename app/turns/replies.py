"""What the page answers to an item that waits for it: the item as it is then, and what the model is told.

Pure. Values of the user are taken as they come: they need not be among the options, which are suggestions.
"""

import json

from agents import TResponseInputItem
from chatkit.types import (
    ClientToolCallItem,
    StructuredInput,
    StructuredInputAnswer,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputSubmission,
)

from app.assistant.model_input import answers_text
from app.threads.waiting import WaitingItem

UNANSWERED = "The page did not answer this call."


def with_output(item: ClientToolCallItem, result: object) -> ClientToolCallItem:
    """Return the call with what the page's tool gave."""
    return item.model_copy(update={"status": "completed", "output": result})


def output_for_model(item: ClientToolCallItem) -> TResponseInputItem:
    """Return the output of a completed call, as the model is told it."""
    return {"type": "function_call_output", "call_id": item.call_id, "output": output_text(item)}


def output_text(item: ClientToolCallItem) -> str:
    """Return the output of a completed call as text."""
    return item.output if isinstance(item.output, str) else json.dumps(item.output, ensure_ascii=False)


def answered(item: StructuredInputItem, submission: StructuredInputSubmission) -> StructuredInputItem:
    """Return the questions with their answers: skipped where there is none, one value for a single choice."""
    inputs = [
        question.model_copy(update={"answer": _answer(question, submission)}) for question in item.inputs
    ]
    return item.model_copy(update={"status": submission.status, "inputs": inputs})


def closed(item: WaitingItem) -> WaitingItem:
    """Return an item that waits no longer, as nobody has answered it."""
    if isinstance(item, ClientToolCallItem):
        return with_output(item, {"error": UNANSWERED})
    return answered(item, StructuredInputSubmission(status="skipped"))


def closed_for_model(item: WaitingItem) -> TResponseInputItem:
    """Return what the model is told of an item that `closed` has made."""
    if isinstance(item, ClientToolCallItem):
        return output_for_model(item)
    # In the assistant's own turn: a second user message in a row is refused by some chat templates.
    return {"role": "assistant", "content": f"[{answers_text(item)}]"}


def _answer(question: StructuredInput, submission: StructuredInputSubmission) -> StructuredInputAnswer:
    given = submission.answers.get(question.id)
    if submission.status == "skipped" or given is None or given.skipped:
        return StructuredInputAnswer(skipped=True)
    values = [value for value in given.values if value.strip()]
    if isinstance(question, StructuredInputMultipleChoice) and not question.multiple:
        values = values[:1]
    return StructuredInputAnswer(values=values, skipped=not values)
