"""Which routes there are, and which part answers each."""

from functools import partial

from fastapi import FastAPI

from app.auth.authenticator import Authenticator
from app.auth.server_key import ServerKeys
from app.chatkit_api.endpoint import chatkit_endpoint, chatkit_router
from app.chatkit_api.files import files_router
from app.chatkit_api.following import following_router
from app.chatkit_api.probe import probe_router
from app.composition.parts import Parts
from app.hosted_api.making import SessionMaking
from app.hosted_api.routes import hosted_router
from app.hosted_api.thread_lists import ThreadLists
from app.hosted_api.workflow_ids import AnyWorkflow
from app.openapi import openapi_router
from app.ops.health import health_router
from app.page import page_router
from app.settings import server_keys


def add_routes(app: FastAPI, parts: Parts) -> None:
    """Add every route of the server."""
    settings, identities, callers = parts.settings, parts.identities, parts.callers
    database, turns, files = parts.opened.database, parts.turning.turns, parts.kept
    endpoint = partial(
        chatkit_endpoint,
        parts.server,
        turns,
        limits=callers.requests,
        settings=settings,
        has_dictation=not isinstance(parts.assistant.transcribe, bool),
    )
    # The hosted API's routes take no other user than a session's.
    sessions_on = "session" in settings.auth
    making = SessionMaking(
        parts.sessions, parts.assistant.workflows or AnyWorkflow(), settings.session_max_seconds, sessions_on
    )
    hosted = hosted_router(
        ServerKeys(server_keys(settings.server_key)),
        making,
        ThreadLists(database, parts.conversations.history, files.attachments),
        endpoint(Authenticator((parts.sessions,) if sessions_on else ())),
        settings,
    )
    for router in (
        chatkit_router(endpoint(identities)),
        hosted,
        following_router(turns, parts.turning.store, identities, callers.requests, settings),
        probe_router(settings.heartbeat_seconds, parts.turns.draining),
        files_router(files.attachments, files.uploads, files.arrivals, identities, callers, settings),
        health_router(database, parts.turns),
        openapi_router(),
        page_router(settings, identities, parts.assistant, files.limits),
    ):
        app.include_router(router)
