"""The server: which request gets which reply, and what was received.

Listens on a free port of the loopback interface, in the test's own event loop, so that gates are plain
events.
"""

import asyncio
import json
import re
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.answering import answering
from tests.patience import PATIENCE
from tests.provider import chat_api, responses_api, transcriptions_api
from tests.provider.gates import Gates
from tests.provider.script import JSON, Cut, Gate, HttpError, Pause, Raw, Reply, Step
from tests.provider.wire import Frame, NotScriptable

Api = Literal["responses", "chat_completions", "transcriptions", "models"]

_APIS: dict[str, Api] = {
    "/v1/responses": "responses",
    "/v1/chat/completions": "chat_completions",
    "/v1/audio/transcriptions": "transcriptions",
    "/v1/models": "models",
}

_REPLIES: dict[str, Any] = {
    "responses": responses_api,
    "chat_completions": chat_api,
    "transcriptions": transcriptions_api,
}
_CONTENT = re.compile(r"/v1/containers/[^/]+/files/(?P<file>[^/]+)/content")


@dataclass
class ReceivedRequest:
    """A request as it came in, and whether its client left before the reply was over."""

    api: Api
    headers: dict[str, str]
    body: JSON
    client_left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def streamed(self) -> bool:
        """Say whether the client asked for a stream."""
        return bool(self.body.get("stream"))


class Script:
    """Replies for the requests of one route, in order."""

    def __init__(self) -> None:
        self._queue: deque[Reply] = deque()
        self._always: Reply | None = None

    def respond(self, *steps: Step) -> None:
        """Answer the next request that has no reply yet with these steps."""
        self._queue.append(steps)

    def always(self, *steps: Step) -> None:
        """Answer every request that has no reply of its own with these steps."""
        self._always = steps

    def next(self) -> Reply | None:
        """Take the reply for a request."""
        return self._queue.popleft() if self._queue else self._always


class FakeProvider(Script):
    """OpenAI, as far as a test has scripted it.

    `requests` holds all that came in, in order; `titles` answers those to a model that are not streamed.
    `compose`, where it is set, makes the reply to what no script answers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.base_url = ""
        self.requests: list[ReceivedRequest] = []
        self.unscripted: list[ReceivedRequest] = []
        self.container_files: dict[str, bytes] = {}
        """Contents of files that code has made, by id."""
        self.held_files: set[str] = set()
        """Those of them that wait at the gate of their id."""
        self.compose: Callable[[ReceivedRequest], Reply] | None = None
        self._gates = Gates()
        self._routes: list[tuple[Callable[[ReceivedRequest], bool], Script]] = []
        self.titles = self.route(lambda request: not request.streamed and request.api != "transcriptions")

    def route(self, fits: Callable[[ReceivedRequest], bool]) -> Script:
        """Return a script of its own for the requests that fit, as long as it has replies."""
        script = Script()
        self._routes.append((fits, script))
        return script

    async def waiting_at(self, name: str) -> None:
        """Wait until a reply has come to this gate."""
        await self._gates.reached(name)

    def release(self, name: str) -> None:
        """Let replies through this gate."""
        self._gates.release(name)

    def release_all(self) -> None:
        """Let replies through every gate."""
        self._gates.release_all()

    async def disconnected(self, request: int = -1) -> None:
        """Wait until the client of a request (the last) has left in the middle of the reply."""
        async with asyncio.timeout(PATIENCE):
            await self.requests[request].client_left.wait()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request; an ASGI application."""
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if content := _CONTENT.fullmatch(scope["path"]):
            await self._send_file(content["file"], send)
            return
        request = ReceivedRequest(_APIS.get(scope["path"], "models"), headers, await _read(receive, headers))
        if request.api == "models":
            await _send_json(send, 200, {"object": "list", "data": [_model("gpt-fake")]})
            return
        self.requests.append(request)
        answering = asyncio.create_task(self._answer(request, send))
        leaving = asyncio.create_task(_client_left(receive))
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            request.client_left.set()
        for task in (answering, leaving):
            task.cancel()
        await asyncio.wait((answering, leaving))
        if not answering.cancelled():
            answering.result()

    async def _send_file(self, file_id: str, send: Any) -> None:
        if file_id in self.held_files:
            await self._gates.wait_at(file_id)
        data = self.container_files.get(file_id)
        if data is None:
            await _send_json(send, 404, {"error": {"message": "No such file.", "code": "not_found"}})
            return
        headers = [(b"content-type", b"application/binary")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for start in range(0, len(data), 65_536):
            await send(
                {"type": "http.response.body", "body": data[start : start + 65_536], "more_body": True}
            )
        await send({"type": "http.response.body", "body": b""})

    async def _answer(self, request: ReceivedRequest, send: Any) -> None:
        scripts = [*(script for fits, script in self._routes if fits(request)), self]
        reply = next((reply for script in scripts if (reply := script.next())), None)
        if reply is None and self.compose is not None:
            reply = self.compose(request)
        if reply is None:
            self.unscripted.append(request)
            reply = [HttpError(400, "unscripted", "The test has no reply for this request.")]
        if isinstance(error := reply[0], HttpError):
            content = {
                "error": {"message": error.message, "type": "error", "code": error.code, "param": None}
            }
            await _send_json(send, error.status, content, error.headers)
        else:
            await self._send_reply(request, reply, send)

    async def _send_reply(self, request: ReceivedRequest, reply: Reply, send: Any) -> None:
        api = _REPLIES[request.api]
        response_id = f"resp_{len(self.requests)}"
        try:
            frames = list(api.stream(reply, response_id, request.body))
        except NotScriptable as error:
            await _send_json(
                send, 400, {"error": {"message": f"Not in this API: {error}", "code": "unscriptable"}}
            )
            return
        if request.streamed:
            headers = [(b"content-type", b"text/event-stream; charset=utf-8"), _request_id(response_id)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            if await self._play(frames, send):
                await send({"type": "http.response.body", "body": b""})
        elif await self._play([frame for frame in frames if isinstance(frame, Gate | Pause | Cut)], send):
            await _send_json(send, 200, api.body(reply, response_id, request.body))

    async def _play(self, frames: list[Frame], send: Any) -> bool:
        """Send the frames; False if the connection shall be cut: uvicorn does that to an unended body."""
        for frame in frames:
            match frame:
                case Gate():
                    await self._gates.wait_at(frame.name)
                case Pause():
                    await self._gates.pass_after(frame.seconds)
                case Cut():
                    return False
                case Raw():
                    await send({"type": "http.response.body", "body": frame.data, "more_body": True})
                case bytes():
                    await send({"type": "http.response.body", "body": frame, "more_body": True})
        return True


@asynccontextmanager
async def serving_provider(bound: socket.socket | None = None) -> AsyncIterator[FakeProvider]:
    """Serve a fake provider until the block ends, on `bound` or a free port. Replies that wait are let go."""
    provider = FakeProvider()
    async with answering(provider, bound, leaving=provider.release_all) as url:
        provider.base_url = f"{url}/v1"
        yield provider


async def _read(receive: Any, headers: dict[str, str]) -> JSON:
    content = b""
    while True:
        message = await receive()
        content += message.get("body", b"")
        if not message.get("more_body"):
            break
    if (content_type := headers.get("content-type", "")).startswith("multipart/"):
        return transcriptions_api.form(content_type, content)
    return json.loads(content) if content else {}


async def _send_json(send: Any, status: int, content: JSON, headers: Any = None) -> None:
    named = {"content-type": "application/json", **(headers or {})}
    encoded = [(name.encode(), value.encode()) for name, value in named.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


async def _client_left(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _request_id(response_id: str) -> tuple[bytes, bytes]:
    return b"x-request-id", f"req_{response_id}".encode()


def _model(name: str) -> JSON:
    return {"id": name, "object": "model", "created": 1_767_225_600, "owned_by": "nobody"}
