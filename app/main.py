"""The composition root: every object is made here and nowhere else."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, get_args

from fastapi import APIRouter, FastAPI
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
from app.attachments.rules import limits_of_server
from app.attachments.uploads import Uploads
from app.auth.authenticator import Authenticator, authenticator
from app.auth.secret_key import load_secret_key
from app.auth.server_key import ServerKeys
from app.auth.sessions import Sessions
from app.chatkit_api.actions import Actions
from app.chatkit_api.answers import UnexpectedErrors, answer_http_error, answer_refusal
from app.chatkit_api.arrival import Arrival
from app.chatkit_api.choices import Choices
from app.chatkit_api.conversation import Conversation
from app.chatkit_api.cross_origin import add_cors
from app.chatkit_api.crowding import Crowding
from app.chatkit_api.dictation import Dictation
from app.chatkit_api.earlier_threads import EarlierThreads
from app.chatkit_api.endpoint import Endpoint, chatkit_endpoint, chatkit_router
from app.chatkit_api.files import files_router
from app.chatkit_api.following import following_router
from app.chatkit_api.history import History
from app.chatkit_api.probe import probe_router
from app.chatkit_api.request_id import RequestIds
from app.chatkit_api.response_policy import ResponsePolicy
from app.chatkit_api.server import Server
from app.chatkit_api.sync_action import SyncActions
from app.db.engine import Database
from app.db.listening import Listener
from app.db.opening import OpenDatabase, open_database
from app.erasing.retention import UNIT_SECONDS as RETENTION_UNIT_SECONDS
from app.erasing.retention import Retention
from app.errors import ChatKitServerError
from app.hosted_api.making import SessionMaking
from app.hosted_api.routes import LARGER_BODIES, hosted_router
from app.hosted_api.thread_lists import ThreadLists
from app.hosted_api.workflow_ids import AnyWorkflow, WorkflowIds
from app.ids import new_id
from app.limits import RequestLimits, caller_limits, sweep
from app.openapi import openapi_router
from app.ops.health import health_router
from app.page import page_router
from app.settings import AuthMode, Settings, server_keys
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
from app.workflows.catalogue import workflow_files
from app.workflows.serving import load_workflows

if TYPE_CHECKING:
    from app.db.embedded import EmbeddedPostgres


@dataclass(frozen=True, slots=True)
class Running:
    """What the process has to know: whom to tell of a shutdown, what to say at start, whom to ask."""

    turns: TurnRunner
    summary: str
    server: Server
    opened: OpenDatabase
    assistant: Assistant
    files: Attachments


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
    app.add_middleware(Arrival, settings=settings, larger=LARGER_BODIES)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(Crowding)
    add_cors(app, settings)
    app.add_middleware(ResponsePolicy)
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
    blobs = Blobs(settings.files_url, settings.data_dir / "files")
    past_us = direct(blobs, settings.files_direct)
    worker = f"{socket.gethostname()}:{os.getpid()}:{new_id('wrk')}"
    async with (
        aclosing(_assistant(settings)) as assistant,
        open_database(settings, postgres, walled=settings.row_level_security) as opened,
    ):
        database = opened.database
        sessions = Sessions(database)
        identities = authenticator(settings, secret_key, sessions)
        store = ThreadStore(database)
        transcripts = Transcripts(database, settings.history_tokens)
        limits = _limits(settings, assistant)
        files = Attachments(database, blobs, Addresses(secret_key), Inspector(), limits, past_us)
        collector = Collector(database, blobs)
        uploads = _uploads(files, settings, collector, sessions)
        arrivals = Arrivals(uploads)
        writer = TurnWriter(database, worker, settings.flush_seconds)
        runner = _runner(database, writer, settings)
        options = stream_options(allow_cancel=assistant.allow_cancel)
        follower = Follower(database, options)
        turns = Turns(database, runner, follower, writer, options)
        silence = Silence(settings.idle_seconds, settings.tool_seconds)
        for_model = _for_model(database, blobs, settings, assistant)
        answering = Answering(assistant, store, transcripts, silence, files, for_model, database)
        choices = Choices(database, assistant)
        conversation = _conversation(turns, answering, choices, Sending(database, files, arrivals), settings)
        actions = Actions(database, turns, answering, choices, SyncActions(database))
        callers = caller_limits(database, runner, settings)
        dictation = Dictation(assistant, settings.max_recording_bytes, callers.recordings)
        history = History(database, store, turns, files, collector, EarlierThreads(database))
        server = Server(
            conversation, actions, history, dictation, uploads, callers.answers, settings.max_body_bytes
        )
        endpoint = _endpoint(server, turns, callers.requests, settings, assistant)
        app.include_router(chatkit_router(endpoint(identities)))
        hosted_threads = ThreadLists(database, history, files)
        app.include_router(_hosted(sessions, hosted_threads, assistant.workflows, endpoint, settings))
        app.include_router(following_router(turns, store, identities, callers.requests, settings))
        app.include_router(probe_router(settings.heartbeat_seconds, runner.draining))
        app.include_router(files_router(files, uploads, arrivals, identities, callers, settings))
        app.include_router(health_router(database, runner))
        app.include_router(openapi_router())
        app.include_router(page_router(settings, identities, assistant, limits))
        recovery = Recovery(database, worker).run(alone=opened.is_started_here)
        listener = _listener(opened.url, writer, follower, settings)
        swept = (collector.run(), sessions.collect(), sweep(database), *_pruning(opened, settings, collector))
        asking = (job() for job in identities.jobs)
        async with in_background(writer.run(), follower.run(), recovery, listener.run(), *swept, *asking):
            try:
                summary = _summary(assistant, opened.description, settings.auth)
                yield Running(runner, summary, server, opened, assistant, files)
            finally:
                await runner.stop()


def without_address(settings: Settings) -> AbstractAsyncContextManager[Running]:
    """Make the same server for a command that asks it what a page would ask, and that nobody else reaches."""
    return running_server(FastAPI(), settings, None)


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


def _uploads(files: Attachments, settings: Settings, collector: Collector, sessions: Sessions) -> Uploads:
    incoming = settings.data_dir / "incoming"
    life = timedelta(hours=settings.unsent_file_hours)
    return Uploads(files.database, files, incoming, life, collector.soon, sessions.count_upload)


def _runner(database: Database, writer: TurnWriter, settings: Settings) -> TurnRunner:
    return TurnRunner(
        database,
        writer,
        on_disconnect=settings.on_disconnect,
        grace_seconds=settings.disconnect_grace_seconds,
    )


def _listener(url: str, writer: TurnWriter, follower: Follower, settings: Settings) -> Listener:
    past_poolers = settings.listen_database_url
    return Listener(
        past_poolers.get_secret_value() if past_poolers else url, CHANNEL, wakes(writer, follower)
    )


def _pruning(
    opened: OpenDatabase, settings: Settings, collector: Collector
) -> Iterator[Coroutine[Any, Any, None]]:
    """Yield what removes threads by their age, if anything is to."""
    if settings.retention_days is not None:
        open_ = partial(opened.another, unit_seconds=RETENTION_UNIT_SECONDS)
        yield Retention(open_, timedelta(days=settings.retention_days), collector.soon).run()


def _assistant(settings: Settings) -> Assistant:
    return load_workflows(settings) if workflow_files(settings.agent) else load_assistant(settings)


def _for_model(database: Database, blobs: Blobs, settings: Settings, assistant: Assistant) -> ModelFiles:
    rules = assistant.files or FileRules()
    takes_documents = settings.openai_api == "responses" and not (assistant.model_name or "").startswith(
        ROUTED_ELSEWHERE
    )
    documents = takes_documents if rules.documents is None else rules.documents
    return ModelFiles(database, blobs, rules.images, documents)


def _conversation(
    turns: Turns, answering: Answering, choices: Choices, sending: Sending, settings: Settings
) -> Conversation:
    titles = TitleWriter(turns.database, answering.assistant)
    return Conversation(turns.database, turns, answering, titles, choices, settings.image_domains, sending)


def _endpoint(
    server: Server, turns: Turns, limits: RequestLimits, settings: Settings, assistant: Assistant
) -> Callable[[Authenticator], Endpoint]:
    hears = not isinstance(assistant.transcribe, bool)
    return partial(chatkit_endpoint, server, turns, limits=limits, settings=settings, has_dictation=hears)


def _hosted(
    sessions: Sessions,
    threads: ThreadLists,
    workflows: WorkflowIds | None,
    endpoint: Callable[[Authenticator], Endpoint],
    settings: Settings,
) -> APIRouter:
    """Return the routes of the hosted API's shape; they take no other user than a session's."""
    is_on = "session" in settings.auth
    return hosted_router(
        ServerKeys(server_keys(settings.server_key)),
        SessionMaking(sessions, workflows or AnyWorkflow(), settings.session_max_seconds, is_on),
        threads,
        endpoint(Authenticator((sessions,) if is_on else ())),
        settings,
    )


def _limits(settings: Settings, assistant: Assistant) -> Limits | None:
    """Return what holds for files; None where the assistant takes none."""
    if assistant.files is None:
        return None
    return limits_of_server(settings).within(assistant.files)


def _summary(assistant: Assistant, database: str, auth: Sequence[AuthMode]) -> str:
    model = assistant.model_name or "as the agent says"
    modes = ", ".join(mode for mode in get_args(AuthMode) if mode in auth)
    return f"database: {database} · agent: {assistant.name} · model: {model} · signing in: {modes}"
