"""The routes of the hosted API that reading and deleting need, in every shape that has been seen of them.

Requests are logged, and any of them can be answered otherwise through `interceptors`.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from tests.hosted_api.http import Answer, HttpServer, Request
from tests.hosted_api.project import Project, Record

KEY = "sk-test-key-of-the-library-0042"
Interceptor = Callable[[Request], Answer | None]


@dataclass(frozen=True)
class Shape:
    """How the API of the day writes its lists."""

    list_ids: bool = True
    has_more: bool = True
    indent: bool = False
    unknown_cursor_status: int = 404


class FakeHostedApi:
    """Serves a project; use as a context manager."""

    def __init__(self, project: Project, shape: Shape | None = None) -> None:
        self.project = project
        self.shape = shape or Shape()
        self.pace: Callable[[Request], Awaitable[object]] | None = None
        """Awaited before each answer: the latency of a far server, or a gate."""
        self.requests: list[Request] = []
        self.interceptors: list[Interceptor] = []
        self.existing: set[str] = set()
        self.models: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._server = HttpServer(self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._server.close()

    @property
    def origin(self) -> str:
        """Where the API and the previews are."""
        return self._server.origin

    @property
    def base_url(self) -> str:
        """What the client is given."""
        return f"{self.origin}/v1"

    def targets(self) -> list[str]:
        """The paths and queries asked for, in order."""
        return [request.target for request in self.requests]

    async def _handle(self, request: Request) -> Answer:
        self.requests.append(request)
        if self.pace:
            await self.pace(request)
        answer = next((found for intercept in self.interceptors if (found := intercept(request))), None)
        answer = answer or self._route(request)
        headers = {"x-request-id": request_id(request), "openai-project": self.project.id, **answer.headers}
        return Answer(answer.status, answer.body, headers, answer.cut)

    def _route(self, request: Request) -> Answer:
        if request.path.startswith("/previews/"):
            found = self.project.previews.get(request.path.removeprefix("/previews/"))
            return Answer(200, found, {"content-type": "image/png"}) if found is not None else Answer(403)
        if request.method not in ("GET", "DELETE"):
            return error(405, "Not allowed.")
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return error(401, "Incorrect API key provided.", "invalid_api_key")
        path = request.target.partition("?")[0].removeprefix("/v1/")
        parts = [unquote(part) for part in path.split("/")]
        if parts[0] == "chatkit":
            return self._chatkit(request, parts[1:])
        if parts[0] == "files" and parts[2:] == ["content"]:
            content = self.project.files.get(parts[1])
            return (
                Answer(200, content, {"content-type": "application/pdf"})
                if content
                else error(404, "No such File.")
            )
        if parts == ["models"]:
            return Answer(200, json.dumps({"object": "list", "data": self.models}).encode())
        return (
            Answer(200, json.dumps({"id": parts[1]}).encode())
            if parts[1] in self.existing
            else error(404, "No such.")
        )

    def _chatkit(self, request: Request, parts: list[str]) -> Answer:
        if request.headers.get("openai-beta") != "chatkit_beta=v1":
            return error(400, "You must provide the 'OpenAI-Beta' header to access the Chatkit API.")
        if parts == ["threads"]:
            user = request.query.get("user")
            return self._list(request, [one for one in self.project.threads if user in (None, one.user)])
        if parts[1] not in self.project.items:
            return error(404, f"No thread found with id '{parts[1]}'.")
        if request.method == "DELETE" and len(parts) == 2:
            return self._delete(parts[1])
        if parts[2:] == ["items"]:
            return self._list(request, self.project.items[parts[1]])
        return Answer(200, next(one.text for one in self.project.threads if one.id == parts[1]).encode())

    def _delete(self, thread_id: str) -> Answer:
        self.project.threads = [one for one in self.project.threads if one.id != thread_id]
        del self.project.items[thread_id]
        body = {"id": thread_id, "object": "chatkit.thread.deleted", "deleted": True}
        return Answer(200, json.dumps(body).encode())

    def _list(self, request: Request, records: Sequence[Record]) -> Answer:
        limit, after = int(request.query.get("limit", 20)), request.query.get("after")
        if not 0 <= limit <= 100:
            return error(400, "Invalid 'limit'.")
        ordered = records if request.query.get("order", "desc") == "asc" else records[::-1]
        start = 0
        if after is not None:
            start = next((at + 1 for at, one in enumerate(ordered) if one.id == after), -1)
            if start < 0:
                return error(self.shape.unknown_cursor_status, f"No item found with id '{after}'.")
        page = ordered[start : start + limit]
        return Answer(200, self._body(page, more=start + limit < len(ordered)))

    def _body(self, page: Sequence[Record], *, more: bool) -> bytes:
        fields = ['"object": "list"']
        if self.shape.list_ids:
            first, last = (page[0].id, page[-1].id) if page else (None, None)
            fields += [f'"first_id": {json.dumps(first)}', f'"last_id": {json.dumps(last)}']
        if self.shape.has_more:
            fields.append(f'"has_more": {json.dumps(more)}')
        texts = [
            json.dumps(json.loads(one.text), indent=4) if self.shape.indent else one.text for one in page
        ]
        data = '"data": [' + ",\n  ".join(texts) + "]"
        return ("{" + ",\n ".join([*fields[:1], data, *fields[1:]]) + "}\n").encode()


def error(status: int, message: str, code: str | None = None, **headers: str) -> Answer:
    """An error as the API writes it."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    return Answer(status, json.dumps(body).encode(), headers)


def request_id(request: Request) -> str:
    """The same for the same request, so that two archives can be compared."""
    return "req_" + hashlib.sha256(request.target.encode()).hexdigest()[:16]
