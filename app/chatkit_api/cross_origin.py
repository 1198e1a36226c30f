"""CORS for the pages that may embed the chat."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from app.settings import Settings

EXPOSED_HEADERS = ("x-request-id", "retry-after", "chatkit-thread", "chatkit-turn")


def add_cors(app: FastAPI, settings: Settings) -> None:
    """Admit the configured origins, with credentials and whatever headers the widget asks for."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=("GET", "POST", "PUT", "OPTIONS"),
        allow_headers=("*",),
        allow_credentials=True,
        expose_headers=EXPOSED_HEADERS,
    )
