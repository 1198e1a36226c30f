"""The composition root: every object is made here and nowhere else."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypedDict, get_args

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from app.assistant import Assistant
from app.assistant.loading import load_assistant
from app.assistant.models import ROUTED_ELSEWHERE
from app.attachments import Attachments, FileRules, Limits
from app.attachments.addresses import Addresses
from app.attachments.arrivals import Arrivals
from app.attachments.blobs import Blobs
from app.attachments.collecting import Collector
from app.attachments.content import Inspector
from app.attachments.direct import direct
from app.attachments.for_model import ModelFiles
from app.attachments.uploads import Uploads
from app.auth.authenticator import authenticator
from app.auth.secret_key import load_secret_key
from app.chatkit_api.actions import Actions
from app.chatkit_api.answers import UnexpectedErrors, answer_http_error, answer_refusal
from app.chatkit_api.choices import Choices
from app.chatkit_api.conversation import Conversation
from app.chatkit_api.cross_origin import add_cors
from app.chatkit_api.dictation import Dictation
from app.chatkit_api.endpoint import chatkit_router
from app.chatkit_api.files import files_router
from app.chatkit_api.following import following_router
from app.chatkit_api.history import History
from app.chatkit_api.rate_limit import RateLimit
from app.chatkit_api.request_id import RequestIds
from app.chatkit_api.server import Server
from app.chatkit_api.sync_action import SyncActions
from app.db.engine import Database
from app.db.listening import Listener
from app.db.opening import open_database
from app.errors import ChatKitServerError
from app.ids import new_id
from app.ops.health import health_router
from app.page import page_router
from app.settings import AuthMode, Settings
from app.threads.store import ThreadStore
from app.transcripts import Transcripts
from app.turns.answering import Answering
from app.turns.finding import Turns
from app.turns.following import Follower
from app.turns.recovery import Recovery
from app.turns.replay import stream_options
from app.turns.runner import TurnRunner
from app.turns.sending import Sending
from app.turns.silence import Silence
from app.turns.titles import TitleWriter
from app.turns.wakeup import CHANNEL
from app.turns.writing import TurnWriter

if TYPE_CHECKING:
    from app.db.embedded import EmbeddedPostgres


@dataclass(frozen=True, slots=True)
class Running:
    """What the serving process has to know: whom to tell of a shutdown, and what to say at start."""

    turns: TurnRunner
    summary: str


class State(TypedDict):
    """The lifespan state of the app."""

    running: Running


def create_app(settings: Settings, postgres: "EmbeddedPostgres | None" = None) -> FastAPI:
    """Build the application; its parts are made when it starts and closed when it stops.

    `postgres` is the embedded server, where its start was begun already.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[State]:
        async with running_server(app, settings, postgres) as running:
            yield {"running": running}

    app = FastAPI(title="chatkit-server", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    # The last one added is the outermost.
    app.add_middleware(UnexpectedErrors)
    add_cors(app, settings)
    app.add_middleware(RequestIds)
    app.add_exception_handler(ChatKitServerError, answer_refusal)
    app.add_exception_handler(HTTPException, answer_http_error)
    return app


@asynccontextmanager
async def running_server(
    app: FastAPI, settings: Settings, postgres: "EmbeddedPostgres | None"
) -> AsyncIterator[Running]:
    """Make every object, add the routes that need them, and take all down again in reverse order."""
    secret_key = load_secret_key(settings)
    identities = authenticator(settings, secret_key)
    blobs = Blobs(settings.files_url, settings.data_dir / "files")
    past_us = direct(blobs, settings.files_direct)
    worker = f"{socket.gethostname()}:{os.getpid()}:{new_id('wrk')}"
    async with (
        aclosing(load_assistant(settings)) as assistant,
        open_database(settings, postgres, walled=settings.row_level_security) as opened,
    ):
        database = opened.database
        store = ThreadStore(database)
        transcripts = Transcripts(database, settings.history_tokens)
        limits = _limits(settings, assistant)
        files = Attachments(database, blobs, Addresses(secret_key), Inspector(), limits, past_us)
        collector = Collector(database, blobs)
        uploads = _uploads(files, settings, collector)
        arrivals = Arrivals(uploads, past_us)
        writer = TurnWriter(database, worker, settings.flush_seconds)
        runner = TurnRunner(
            database,
            writer,
            on_disconnect=settings.on_disconnect,
            grace_seconds=settings.disconnect_grace_seconds,
        )
        options = stream_options(allow_cancel=assistant.allow_cancel)
        follower = Follower(database, options)
        turns = Turns(database, runner, follower, writer, options)
        silence = Silence(settings.idle_seconds, settings.tool_seconds)
        for_model = _for_model(database, blobs, settings, assistant)
        answering = Answering(assistant, store, transcripts, silence, files, for_model)
        titles = TitleWriter(database, assistant)
        choices = Choices(database, assistant)
        sending = Sending(database, files, arrivals)
        conversation = Conversation(
            database, turns, answering, titles, choices, settings.image_domains, sending
        )
        actions = Actions(database, turns, answering, choices, SyncActions(database))
        dictation = Dictation(
            assistant, settings.max_recording_bytes, RateLimit(settings.recordings_per_minute, 60.0)
        )
        history = History(database, store, turns, files, collector)
        server = Server(conversation, actions, history, dictation, uploads, settings.max_body_bytes)
        has_dictation = not isinstance(assistant.transcribe, bool)
        app.include_router(chatkit_router(server, turns, identities, settings, has_dictation=has_dictation))
        app.include_router(following_router(turns, store, identities, settings))
        app.include_router(files_router(files, uploads, arrivals, identities, settings))
        app.include_router(health_router(database, runner))
        app.include_router(page_router(settings, identities, assistant, limits))
        recovery = Recovery(database, worker).run(alone=opened.is_started_here)
        listener = Listener(_listen_url(settings) or opened.url, CHANNEL, wakes(writer, follower))
        jobs = (writer.run(), follower.run(), recovery, collector.run(), listener.run())
        async with in_background(*jobs, *(job() for job in identities.jobs)):
            try:
                yield Running(runner, _summary(assistant, opened.description, settings.auth))
            finally:
                await runner.stop()


def _listen_url(settings: Settings) -> str | None:
    url = settings.listen_database_url
    return url.get_secret_value() if url else None


def wakes(writer: TurnWriter, follower: Follower) -> Callable[[str], None]:
    """Return what a notification from another process sets in motion."""

    def heard(topic: str) -> None:
        if topic != "events":
            writer.look()
        if topic != "stop":
            follower.look()

    return heard


@asynccontextmanager
async def in_background(*jobs: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run jobs that never end by themselves for as long as the block lasts."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _uploads(files: Attachments, settings: Settings, collector: Collector) -> Uploads:
    incoming = settings.data_dir / "incoming"
    life = timedelta(hours=settings.unsent_file_hours)
    return Uploads(files.database, files, incoming, life, collector.soon, files.direct)


def _for_model(database: Database, blobs: Blobs, settings: Settings, assistant: Assistant) -> ModelFiles:
    rules = assistant.files or FileRules()
    takes_documents = settings.openai_api == "responses" and not (assistant.model_name or "").startswith(
        ROUTED_ELSEWHERE
    )
    documents = takes_documents if rules.documents is None else rules.documents
    return ModelFiles(database, blobs, rules.images, documents)


def _limits(settings: Settings, assistant: Assistant) -> Limits | None:
    """Return what holds for files; None where the assistant takes none."""
    if assistant.files is None:
        return None
    of_server = Limits(
        max_bytes=settings.max_file_bytes,
        max_per_message=settings.max_files_per_message,
        max_unsent=settings.max_unsent_files,
        user_bytes=settings.max_user_file_bytes,
    )
    return of_server.within(assistant.files)


def _summary(assistant: Assistant, database: str, auth: Sequence[AuthMode]) -> str:
    model = assistant.model_name or "as the agent says"
    modes = ", ".join(mode for mode in get_args(AuthMode) if mode in auth)
    return f"database: {database} · agent: {assistant.name} · model: {model} · signing in: {modes}"
