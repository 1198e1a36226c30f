"""What happens when a user clicks in a widget.

action.py          the public classes `Action` and `SyncAction`: a handler, and what it takes
action_context.py  what a handler gets: `ActionContext`, `SyncActionContext`
offered.py         the actions a stored widget offers, and what of their payload is fixed there
choosing.py        the action that a request means, or why it is refused
earlier_system.py  what is said of clicks in imported widgets that nobody has a handler for
"""

from app.assistant.actions.action import Action, SyncAction
from app.assistant.actions.action_context import ActionContext, SyncActionContext

__all__ = ["Action", "ActionContext", "SyncAction", "SyncActionContext"]
