"""Pending calls as questions to the user, and what the user has decided.

A decision is one of the options that stand in the stored form, by its place: the first approves, the second
refuses, in whatever language they are. The protocol offers a free answer beside options: it refuses, and the
model is told the words. What is left out is a refusal; several values at once are refused as a request.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from chatkit.types import (
    StructuredInput,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    StructuredInputSubmission,
)

from app.errors import BadRequest
from app.ids import ThreadId
from app.languages import Sentence, translated
from app.turns.approvals.pending import PendingCall
from app.turns.approvals.readable import question

APPROVE: Sentence = "Approve"
REFUSE: Sentence = "Refuse"

MAX_CALLS = 20
"""Calls that are asked about at once; the model is told to call again for the others."""

Decisions = Mapping[str, bool]
"""By question, whether the call is approved."""

Words = Mapping[str, str]
"""By question, what the user said instead of approving the call."""


def form_for(
    calls: Sequence[PendingCall], item_id: str, thread_id: ThreadId, language: str
) -> StructuredInputItem:
    """Return the item that asks about the calls, in a language of the server."""
    values = [translated(value, language) for value in (APPROVE, REFUSE)]
    return StructuredInputItem(
        id=item_id,
        thread_id=thread_id,
        created_at=datetime.now(UTC),
        inputs=[
            StructuredInputMultipleChoice(
                id=call.question,
                question=question(call, language),
                options=[StructuredInputMultipleChoiceOption(value=value) for value in values],
            )
            for call in calls[:MAX_CALLS]
        ],
    )


def decisions_in(form: StructuredInputItem, submission: StructuredInputSubmission) -> Decisions:
    """Return what a submission decides; raise `BadRequest` where it says what the form does not offer."""
    return {asked.id: _decision(asked, submission) for asked in form.inputs}


def words_in(form: StructuredInputItem, submission: StructuredInputSubmission) -> Words:
    """Return what a submission that `decisions_in` has read says in words of the user's own."""
    return {
        asked.id: value
        for asked in form.inputs
        for value in _values(asked.id, submission)
        if _option(asked, value) is None
    }


def refused(calls: Sequence[PendingCall]) -> Decisions:
    """Return the decision of somebody who has not decided."""
    return {call.question: False for call in calls}


def _decision(asked: StructuredInput, submission: StructuredInputSubmission) -> bool:
    values = _values(asked.id, submission)
    if len(values) > 1 or "" in values:
        raise BadRequest("Choose one of the options: {options}.", options=", ".join(_options(asked)))
    return bool(values) and _option(asked, values[0]) == 0


def _values(question: str, submission: StructuredInputSubmission) -> list[str]:
    given = submission.answers.get(question)
    if submission.status == "skipped" or given is None or given.skipped:
        return []
    return [value.strip() for value in given.values]


def _option(asked: StructuredInput, value: str) -> int | None:
    """Return the place of the option that a value names, be it typed; None where it is none of them."""
    options = [option.casefold() for option in _options(asked)]
    return options.index(value.casefold()) if value.casefold() in options else None


def _options(asked: StructuredInput) -> list[str]:
    return [option.value for option in asked.options] if asked.type == "multiple_choice" else []
