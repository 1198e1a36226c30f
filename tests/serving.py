"""The real application on a real socket, and a client that speaks the ChatKit protocol to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from app.main import create_app
from app.ops.http_server import HttpServer
from app.ops.listening import listening_socket
from app.settings import Settings
from tests.frames.described import check_described
from tests.frames.sdk import check_answer, check_ended, check_event
from tests.patience import PATIENCE

Event = dict[str, Any]


@dataclass
class RunningServer:
    """A server that answers requests, until its test is over."""

    url: str
    http: HttpServer
    task: "asyncio.Task[None]"
    clients: list["ChatKitClient"] = field(default_factory=list)

    def client(self, **headers: str) -> "ChatKitClient":
        """Return a client with cookies of its own: another browser."""
        http = httpx2.AsyncClient(base_url=self.url, headers=headers, timeout=PATIENCE)
        http.event_hooks["response"].append(check_described)
        client = ChatKitClient(http)
        self.clients.append(client)
        return client

    async def turns_ended(self) -> None:
        """Wait until no turn is running."""
        async with asyncio.timeout(PATIENCE):
            await self.http.lifespan.state["running"].turns.idle()

    async def turns_unread(self) -> None:
        """Wait until the server has noticed that nobody reads its turns."""
        async with asyncio.timeout(PATIENCE):
            while any(turn.readers for turn in self.http.lifespan.state["running"].turns.running()):
                await asyncio.to_thread(lambda: None)

    async def read_by(self, count: int) -> None:
        """Wait until the turns here have this many readers."""
        async with asyncio.timeout(PATIENCE):
            while sum(turn.readers for turn in self.http.lifespan.state["running"].turns.running()) < count:
                await asyncio.to_thread(lambda: None)

    async def nothing_beside(self) -> None:
        """Wait until no title is being made any more."""
        async with asyncio.timeout(PATIENCE):
            await self.http.lifespan.state["running"].turns.nothing_beside()

    async def stop(self) -> None:
        """Stop as an operator's Ctrl-C does."""
        for client in self.clients:
            await client.http.aclose()
        if not self.task.done():
            self.http.handle_exit(2, None)
        await asyncio.wait_for(self.task, PATIENCE)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[RunningServer]:
    """Serve `settings` on a free port inside the test's own event loop."""
    started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    with listening_socket("127.0.0.1", 0) as bound:
        server = HttpServer(create_app(settings), settings, lambda url, _: started.set_result(url))
        # `serve` would take over the process' signals, which are the test runner's.
        task = asyncio.create_task(server._serve([bound]))
        await asyncio.wait((task, started), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        running = RunningServer(await started, server, task)
        try:
            yield running
        finally:
            await running.stop()


class EventReader:
    """The events of one streaming response, as they arrive."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self.seen: list[Event] = []
        self.place = ""
        """Where the last event stands, for a stream that says so."""
        self.is_ended = False
        """True when the stream said that there is nothing to come back for."""
        self._lines = response.aiter_lines()
        self._open: set[str] = set()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self.next()) is not None:
            yield event

    async def next(self) -> Event | None:
        """Return the next event, or None at the end of the stream."""
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if line.startswith("id: "):
                    self.place = line.removeprefix("id: ")
                elif line == ": end":
                    self.is_ended = True
                elif line.startswith("data: "):
                    event: Event = json.loads(line.removeprefix("data: "))
                    self.seen.append(event)
                    self._check(event)
                    return event
        if self.is_ended or not self.place:
            check_ended(self._open)
        return None

    def _check(self, event: Event) -> None:
        check_event(event)
        match event:
            case {"type": "thread.item.added", "item": item}:
                self._open.add(item["id"])
            case {"type": "thread.item.done", "item": {"id": ended}}:
                self._open.discard(ended)
            case {"type": "thread.item.removed", "item_id": ended}:
                self._open.discard(ended)
            case _:
                pass

    async def until(self, kind: str, **fields: Any) -> Event:
        """Read on to the first event of this type with these top-level fields, and return it."""
        async for event in self:
            if event["type"] == kind and all(event.get(name) == value for name, value in fields.items()):
                return event
        raise AssertionError(f"no {kind} among {[event['type'] for event in self.seen]}")

    async def until_text(self, text: str) -> None:
        """Read on until the text deltas seen so far contain `text`."""
        while text not in self.text:
            if await self.next() is None:
                raise AssertionError(f"{text!r} did not come; got {self.text!r}")

    async def rest(self) -> list[Event]:
        """Read to the end and return every event of the stream."""
        async for _ in self:
            pass
        return self.seen

    @property
    def text(self) -> str:
        """All text deltas so far, joined."""
        updates = (event["update"] for event in self.seen if event["type"] == "thread.item.updated")
        return "".join(update["delta"] for update in updates if update["type"].endswith(".text_delta"))

    def done_items(self, kind: str) -> list[Event]:
        """The items of one type that were reported as done."""
        done = (event["item"] for event in self.seen if event["type"] == "thread.item.done")
        return [item for item in done if item["type"] == kind]


class ChatKitClient:
    """One browser: its cookies, and the operations it can ask for."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def post(self, operation: str, **params: Any) -> httpx2.Response:
        """Send an operation and return the whole response, whatever its status."""
        response = await self.http.post("/chatkit", json={"type": operation, "params": params})
        if response.status_code == 200 and response.headers["content-type"] == "application/json":
            check_answer(operation, response.json())
        return response

    async def call(self, operation: str, **params: Any) -> Any:
        """Send an operation that answers at once; return its JSON, which must be a success."""
        response = await self.post(operation, **params)
        assert response.status_code == 200, response.text
        return response.json()

    @asynccontextmanager
    async def stream(self, operation: str, **params: Any) -> AsyncIterator[EventReader]:
        """Send a streaming operation and read its events; leaving early drops the connection."""
        body = {"type": operation, "params": params}
        async with self.http.stream("POST", "/chatkit", json=body) as response:
            if response.status_code != 200:
                raise AssertionError((await response.aread()).decode())
            yield EventReader(response)

    @asynccontextmanager
    async def follow(self, thread_id: str, place: str | None = None) -> AsyncIterator[EventReader]:
        """Read the events of the turn that runs on a thread, from a place on if one is named."""
        headers = {"last-event-id": place} if place else {}
        path = f"/chatkit/threads/{thread_id}/events"
        async with self.http.stream("GET", path, headers=headers) as response:
            yield EventReader(response)

    async def cancel(self, thread_id: str) -> httpx2.Response:
        """Stop the turn that runs on a thread."""
        return await self.http.post(f"/chatkit/threads/{thread_id}/cancel")

    def as_seen_by(self, server: RunningServer, **headers: str) -> "ChatKitClient":
        """Return the same browser, talking to another process of the service."""
        other = server.client(**headers)
        other.http.cookies = self.http.cookies
        return other

    async def say(self, text: str, thread_id: str | None = None) -> EventReader:
        """Send a message, in a new thread unless one is named, and read the answer to its end."""
        operation = "threads.add_user_message" if thread_id else "threads.create"
        where = {"thread_id": thread_id} if thread_id else {}
        async with self.stream(operation, input=user_input(text), **where) as events:
            await events.rest()
        return events

    async def items(self, thread_id: str, order: str = "asc", **params: Any) -> list[Event]:
        """Return the first page of a thread's items."""
        page = await self.call("items.list", thread_id=thread_id, order=order, **params)
        return list(page["data"])


def user_input(text: str) -> dict[str, Any]:
    """A message as the stock widget sends it."""
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "quoted_text": "", "attachments": [], "inference_options": {}}


def thread_id_of(events: EventReader) -> str:
    """The thread that a stream created."""
    created = next(event for event in events.seen if event["type"] == "thread.created")
    return str(created["thread"]["id"])
