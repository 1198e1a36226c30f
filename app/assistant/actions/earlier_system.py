"""Clicks in widgets that were imported: what they called is gone, and the user is told so.

A handler of the assistant for the same action comes first; this is for actions without one.
"""

from collections.abc import Mapping

from chatkit.types import NoticeEvent

from app.assistant.actions.action import Action, SyncAction
from app.assistant.actions.action_context import ActionContext, SyncActionContext
from app.assistant.actions.choosing import Click
from app.errors import Conflict
from app.languages import Sentence, translated

GONE: Sentence = "This comes from an earlier system: its buttons and forms do nothing any more."


def of_earlier_system(click: Click) -> Mapping[str, Action]:
    """Return the one action that answers a click with a sentence, whichever way it came."""
    return {click.kind: Action(_notice) if click.is_streaming else SyncAction(_refusal)}


async def _notice(context: ActionContext) -> None:
    message = translated(GONE, context.request_context.language)
    await context.stream(NoticeEvent(level="info", message=message))


def _refusal(_: SyncActionContext) -> None:
    raise Conflict(GONE)
