"""An application that was written for hosted ChatKit, moved by what `agent-builder frontend` prints."""

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from tests.agent_builder.frontend.moving import apply, told
from tests.sessions.backend import KEY
from tools.tracked import ROOT

PAGES = ROOT / "web/tests/hosted-page"
BACKEND = ROOT / "tests/browser/hosted_shop.py"
BUILD = ("exec", "--no", "--", "vite", "build", "--config", "vite.hosted-page.config.ts", "--outDir")
KINDS = {"chatkit-react": "openai", "plain script": "openai", "our element": "ours"}
"""What a page is written with, and which element it has when it is moved."""


@dataclass
class Shop:
    """The application: its page, and the route that has sessions made with the vendor's client."""

    backend: Any
    page: Path
    url: str = ""
    made: list[str] = field(default_factory=list)
    """The answers of the route so far."""

    def app(self) -> Starlette:
        """Return the application."""
        routes: list[BaseRoute] = [
            Route("/api/create-session", self._create_session, methods=["POST"]),
            Route("/", self._page),
        ]
        if (self.page.parent / "assets").is_dir():
            routes.append(Mount("/assets", StaticFiles(directory=self.page.parent / "assets")))
        return Starlette(routes=routes)

    async def _create_session(self, request: Request) -> Response:
        response: Response = await self.backend.create_session(request)
        self.made.append(bytes(response.body).decode())
        return response

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(self.page.read_text())


async def moved_shop(kind: str, server: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Lay the application out, move it to `server` by exactly what the command prints, and build it."""
    source = folder / "shop"
    shutil.copytree(PAGES, source / "page")
    shutil.copy(BACKEND, source / "backend.py")
    given = ("--server-url", server, "--domain-key", "domain_pk_1", "--element", KINDS[kind])
    answer = await told(source, *given)
    assert (answer.code, answer.rules()) == (0, set())
    apply(answer.diff, source)
    page = source / "page/plain.html"
    if kind == "chatkit-react":
        page = _built(source / "page", folder / "built") / "index.html"
    monkeypatch.setenv("CHATKIT_SERVER_KEY", KEY)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return Shop(_loaded(source / "backend.py"), page)


def _built(source: Path, folder: Path) -> Path:
    """Build the React page."""
    (source / "node_modules").symlink_to(ROOT / "web/node_modules")
    command = [sys.executable, str(ROOT / "tools/npm.py"), *BUILD, str(folder)]
    environment = {**os.environ, "HOSTED_PAGE": str(source)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def _loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("moved_shop_backend", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
