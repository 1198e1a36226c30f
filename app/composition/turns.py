"""Turns: what runs them, writes them down, reads them, closes those of others, and who answers in them."""

import os
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from app.assistant import Assistant
from app.composition.files import Files
from app.db.listening import Listener
from app.db.opening import OpenDatabase
from app.ids import new_id
from app.settings import Settings
from app.threads.store import ThreadStore
from app.transcripts import Transcripts
from app.turns.answering import Answering
from app.turns.finding import Turns
from app.turns.following import Follower
from app.turns.recovery import Recovery
from app.turns.replay import stream_options
from app.turns.runner import TurnRunner
from app.turns.silence import Silence
from app.turns.wakeup import CHANNEL
from app.turns.writing import TurnWriter


@dataclass(frozen=True, slots=True)
class TurnParts:
    """`jobs` run beside the turns, for as long as the server does."""

    store: ThreadStore
    runner: TurnRunner
    turns: Turns
    answering: Answering
    jobs: tuple[Coroutine[Any, Any, None], ...]


def make_turns(opened: OpenDatabase, assistant: Assistant, files: Files, settings: Settings) -> TurnParts:
    """Make what has to do with turns."""
    database = opened.database
    worker = f"{socket.gethostname()}:{os.getpid()}:{new_id('wrk')}"
    writer = TurnWriter(database, worker, settings.flush_seconds)
    runner = TurnRunner(
        database,
        writer,
        on_disconnect=settings.on_disconnect,
        grace_seconds=settings.disconnect_grace_seconds,
    )
    options = stream_options(allow_cancel=assistant.allow_cancel)
    follower = Follower(database, options)
    store = ThreadStore(database)
    transcripts = Transcripts(database, settings.history_tokens)
    silence = Silence(settings.idle_seconds, settings.tool_seconds)
    answering = Answering(
        assistant, store, transcripts, silence, files.attachments, files.for_model, database
    )
    past_poolers = settings.listen_database_url
    url = past_poolers.get_secret_value() if past_poolers else opened.url
    listener = Listener(url, CHANNEL, wakes(writer, follower))
    recovery = Recovery(database, worker).run(alone=opened.is_started_here)
    jobs = (writer.run(), follower.run(), recovery, listener.run())
    return TurnParts(store, runner, Turns(database, runner, follower, writer, options), answering, jobs)


def wakes(writer: TurnWriter, follower: Follower) -> Callable[[str], None]:
    """Return what a notification from another process sets in motion."""

    def heard(topic: str) -> None:
        if topic != "events":
            writer.look()
        if topic != "stop":
            follower.look()

    return heard
