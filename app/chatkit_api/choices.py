"""The model and the tool that a turn answers with: of the message that begins it, or of the last one.

Asked before anything is written, and never inside a transaction, since the integrator is asked as well.
"""

from dataclasses import dataclass

from chatkit.types import InferenceOptions

from app.assistant import Assistant
from app.assistant.choices import Choice, choose
from app.context import RequestContext
from app.db.engine import Database
from app.ids import ThreadId
from app.threads import items


@dataclass(frozen=True, slots=True)
class Choices:
    """Finds and checks choices; raises `BadRequest` for one that is not to be had."""

    database: Database
    assistant: Assistant

    async def of(self, options: InferenceOptions, context: RequestContext) -> Choice:
        """Return what is chosen with a message, new or asked again."""
        return await choose(self.assistant, options, context)

    async def of_last_question(self, thread_id: ThreadId, context: RequestContext) -> Choice:
        """Return what was chosen with the question that is gone on with."""
        options = await items.load_last_options(self.database, thread_id, context.user_id)
        return (await self.of(options or InferenceOptions(), context)).continued()
