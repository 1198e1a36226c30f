"""What a page may ask for: every operation of the ChatKit protocol, and the threads they are about."""

from dataclasses import dataclass

from app.chatkit_api.actions import Actions
from app.chatkit_api.choices import Choices
from app.chatkit_api.conversation import Conversation
from app.chatkit_api.dictation import Dictation
from app.chatkit_api.earlier_threads import EarlierThreads
from app.chatkit_api.history import History
from app.chatkit_api.server import Server
from app.chatkit_api.sync_action import SyncActions
from app.composition.files import Files
from app.composition.turns import TurnParts
from app.db.engine import Database
from app.limits import CallerLimits
from app.settings import Settings
from app.turns.sending import Sending
from app.turns.titles import TitleWriter


@dataclass(frozen=True, slots=True)
class Conversations:
    """`server` carries out the operations; `history` those about threads, for other routes as well."""

    server: Server
    history: History


def make_conversations(
    database: Database, files: Files, parts: TurnParts, callers: CallerLimits, settings: Settings
) -> Conversations:
    """Make what answers a page."""
    turns, answering = parts.turns, parts.answering
    choices = Choices(database, answering.assistant)
    titles = TitleWriter(database, answering.assistant)
    sending = Sending(database, files.attachments, files.arrivals)
    conversation = Conversation(database, turns, answering, titles, choices, settings.image_domains, sending)
    actions = Actions(database, turns, answering, choices, SyncActions(database))
    earlier = EarlierThreads(database)
    history = History(database, parts.store, turns, files.attachments, files.collector, earlier)
    dictation = Dictation(answering.assistant, settings.max_recording_bytes, callers.recordings)
    server = Server(
        conversation, actions, history, dictation, files.uploads, callers.answers, settings.max_body_bytes
    )
    return Conversations(server, history)
