"""An application that was written for hosted ChatKit and moved to this server, with a back-end of its own."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from tests.sessions.backend import Backend
from tools.tracked import ROOT

BUILD = ("exec", "--no", "--", "vite", "build", "--config", "vite.hosted-page.config.ts", "--outDir")

WITH_OUR_ELEMENT = """<!doctype html><meta charset="utf-8"><title>A shop that moved</title>
<style>html, body, openai-chatkit { height: 100%; margin: 0; display: block }</style>
<body><script type="module">
  import "OURS/chatkit.js";
  const getClientSecret = async (current) => {
    const body = JSON.stringify({ current });
    const response = await fetch("/api/create-session", { method: "POST", body });
    return (await response.json()).client_secret;
  };
  const chat = document.createElement("openai-chatkit");
  chat.setOptions({
    api: { getClientSecret },
    initialThread: new URLSearchParams(location.search).get("thread"),
    composer: { attachments: { enabled: true } },
  });
  chat.addEventListener("chatkit.thread.change", ({ detail }) => {
    if (detail.threadId) history.replaceState(null, "", `?thread=${detail.threadId}`);
  });
  document.body.append(chat);
</script></body>"""


def built_page(folder: Path) -> Path:
    """Build the React page into `folder`."""
    command = [sys.executable, str(ROOT / "tools/npm.py"), *BUILD, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@dataclass
class Shop:
    """The application's back-end: its page, and the route that makes sessions with the vendor's client.

    `page` is a built page, or the text of one; `url` is where the application is.
    """

    backend: Backend
    page: Path | str
    url: str = ""
    made: list[str] = field(default_factory=list)
    """The sessions it has had made."""

    def app(self) -> Starlette:
        """Return the application."""
        routes: list[BaseRoute] = [
            Route("/api/create-session", self._create_session, methods=["POST"]),
            Route("/", self._page),
        ]
        if isinstance(self.page, Path):
            routes.append(Mount("/assets", StaticFiles(directory=self.page / "assets")))
        return Starlette(routes=routes)

    async def _create_session(self, _: Request) -> Response:
        session = await self.backend.sessions.create(
            user="the visitor",
            workflow={"id": "wf_68e5"},
            chatkit_configuration={"file_upload": {"enabled": True}},
        )
        self.made.append(session.id)
        return JSONResponse({"client_secret": session.client_secret})

    async def _page(self, _: Request) -> Response:
        ours = self.backend.server.url
        if isinstance(self.page, str):
            return HTMLResponse(self.page.replace("OURS", ours))
        html = (self.page / "index.html").read_text()
        script = f'<script type="module" src="{ours}/chatkit.js"></script>'
        return HTMLResponse(
            html.replace("<html", f'<html data-ours="{ours}"').replace("</title>", f"</title>{script}")
        )
