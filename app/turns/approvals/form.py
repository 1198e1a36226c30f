"""Pending calls as questions to the user, and what the user has decided.

A decision is one of the options that stand in the stored form, by its place: the first approves, the second
refuses, in whatever language they are. Anything else is refused as a request; what is left out is a refusal.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from chatkit.types import (
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


def refused(calls: Sequence[PendingCall]) -> Decisions:
    """Return the decision of somebody who has not decided."""
    return {call.question: False for call in calls}


def _decision(asked: object, submission: StructuredInputSubmission) -> bool:
    if not isinstance(asked, StructuredInputMultipleChoice):
        return False
    given = submission.answers.get(asked.id)
    if submission.status == "skipped" or given is None or given.skipped or not given.values:
        return False
    options = [option.value for option in asked.options]
    if len(given.values) > 1 or given.values[0] not in options:
        raise BadRequest("Choose one of the options: {options}.", options=", ".join(options))
    return given.values[0] == options[0]
