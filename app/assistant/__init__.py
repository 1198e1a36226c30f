"""The integrator's side: what answers on this server.

    assistant.py      the public class `Assistant`: an agent, and how it is run
    agent_context.py  the public class `AgentContext`: what tools get
    activity.py       the public class `Activity`: how a tool's calls are shown
    icons.py          the icons that ChatKit knows
    pause.py          what a run stops for until the page has answered
    actions/          what happens when a user clicks in a widget
    widget_templates/ widgets written as `.widget` files
    hidden_context.py what the server tells the model without telling the user
    model_notes.py    what the model remembers of widgets and hidden context
    loading.py        `CHATKIT_AGENT` → an assistant
    checking.py       whether its models and tools are there
    importing.py      a name in the user's own code → the value
    builtin.py        the assistant on OpenAI for those who bring none
    demo/             the assistant for those who have no model
    selectable.py     the public classes of what users may choose: models and tools
    choices.py        what a user has chosen, checked and laid on a run
    callbacks.py      asking the integrator's functions, for a moment only
    models.py         names of models → models, on the server's own connection
    model_input.py    a user's message → what the model is sent
    tags.py           what is known of the things that a message mentions
    transcription.py  speech → text, by a model
    titles.py         a first message → a title

Must not know turns, HTTP or the database; the agent gets what it needs through its context.
"""

from app.assistant.actions import Action, ActionContext, SyncAction, SyncActionContext
from app.assistant.activity import Activity
from app.assistant.agent_context import AgentContext
from app.assistant.assistant import Assistant
from app.assistant.selectable import SelectableModel, SelectableTool
from app.assistant.widget_templates import WidgetTemplate
from app.attachments import FileRules
from app.context import RequestContext

__all__ = [
    "Action",
    "ActionContext",
    "Activity",
    "AgentContext",
    "Assistant",
    "FileRules",
    "RequestContext",
    "SelectableModel",
    "SelectableTool",
    "SyncAction",
    "SyncActionContext",
    "WidgetTemplate",
]
