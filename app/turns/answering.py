"""What every answer of the assistant needs, and how one is prepared. Runs nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from agents import TResponseInputItem
from chatkit.types import ThreadMetadata, UserMessageItem

from app.assistant import Assistant
from app.assistant.activity import activities
from app.assistant.agent_context import Source
from app.assistant.choices import Choice
from app.assistant.model_input import model_input
from app.attachments import Attachments
from app.attachments.for_model import ModelFiles
from app.context import RequestContext
from app.db.engine import Database
from app.ids import TurnId
from app.threads.store import ThreadStore
from app.transcripts import Transcripts
from app.turns.answer import Answer
from app.turns.approvals.saved_run import DecidedRun
from app.turns.mapper import EventMapper, wording_in
from app.turns.silence import Silence
from app.turns.turn import TurnWork
from app.turns.workflows.answer import WorkflowAnswer

AS_IT_IS = Choice()
"""Nothing is chosen: the agent on its own model."""


@dataclass(frozen=True, slots=True)
class Answering:
    """What every answer needs; made once."""

    assistant: Assistant
    store: ThreadStore
    transcripts: Transcripts
    silence: Silence
    files: Attachments
    files_for_model: ModelFiles
    database: Database

    def answer(
        self,
        thread: ThreadMetadata,
        message: UserMessageItem | None,
        context: RequestContext,
        *,
        first: bool = False,
        turn_id: TurnId | None = None,
        choice: Choice = AS_IT_IS,
        decided: DecidedRun | None = None,
    ) -> TurnWork:
        """Prepare an answer to a stored user message, `first` where nothing came before it in its thread.

        Without a message it goes on with a saved run that was `decided`, else with what the model remembers
        last. Nothing runs until its events are asked for. `choice` is what was chosen with the message, or
        with the last one.
        """
        told = model_input(message) if message else []
        return self._work(choice)(
            self, thread, told, context, first=first, message=message, turn_id=turn_id, decided=decided
        )

    def go_on(
        self,
        thread: ThreadMetadata,
        told: Sequence[TResponseInputItem],
        context: RequestContext,
        *,
        turn_id: TurnId | None = None,
        choice: Choice = AS_IT_IS,
    ) -> TurnWork:
        """Prepare an answer to something that is no message, such as what a user did in a widget."""
        return self._work(choice)(self, thread, told, context, first=False, turn_id=turn_id)

    def _work(self, choice: Choice) -> Callable[..., TurnWork]:
        return WorkflowAnswer if self.assistant.workflows is not None else partial(Answer, choice=choice)

    def mapper(
        self, thread: ThreadMetadata, context: RequestContext, cited: list[Source] | None = None
    ) -> EventMapper:
        """Return what makes of a run's events those of a page, with the sources that tools have `cited`."""
        return EventMapper(
            thread,
            new_item_id=lambda kind: self.store.generate_item_id(kind, thread, context),
            now=lambda: datetime.now(UTC),
            wording=wording_in(context.language),
            cited=cited,
            activities=activities(self.assistant.activity),
        )
