"""The stock SDK endpoint to compare with: `ChatKitServer`, an in-memory store, `stream_agent_response`."""

import sys
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from agents import Runner
from chatkit.agents import AgentContext, stream_agent_response
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import NotFoundError, Store
from chatkit.types import Page, ThreadMetadata, ThreadStreamEvent, UserMessageItem
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from benchmarks import scripted_agent


class MemoryStore(Store[None]):
    """Dictionaries; as little as the SDK needs for these requests."""

    def __init__(self) -> None:
        self.threads: dict[str, ThreadMetadata] = {}
        self.items: dict[str, list[Any]] = {}

    async def load_thread(self, thread_id: str, context: None) -> ThreadMetadata:
        try:
            return self.threads[thread_id]
        except KeyError:
            raise NotFoundError from None

    async def save_thread(self, thread: ThreadMetadata, context: None) -> None:
        self.threads[thread.id] = thread

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: None
    ) -> Page[Any]:
        items = self.items.get(thread_id, [])
        return Page(data=items[::-1][:limit] if order == "desc" else items[:limit])

    async def add_thread_item(self, thread_id: str, item: Any, context: None) -> None:
        self.items.setdefault(thread_id, []).append(item)

    async def save_item(self, thread_id: str, item: Any, context: None) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def load_threads(self, limit: int, after: str | None, order: str, context: None) -> Page[Any]:
        return Page(data=list(self.threads.values())[:limit])

    async def load_item(self, thread_id: str, item_id: str, context: None) -> Any:
        return next(item for item in self.items[thread_id] if item.id == item_id)

    async def delete_thread(self, thread_id: str, context: None) -> None:
        del self.threads[thread_id]

    async def delete_thread_item(self, thread_id: str, item_id: str, context: None) -> None:
        self.items[thread_id] = [item for item in self.items[thread_id] if item.id != item_id]

    async def save_attachment(self, attachment: Any, context: None) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: None) -> Any:
        raise NotImplementedError

    async def delete_attachment(self, attachment_id: str, context: None) -> None:
        raise NotImplementedError


class StockServer(ChatKitServer[None]):
    """As the SDK's quickstart has it."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: None
    ) -> AsyncIterator[ThreadStreamEvent]:
        agent_context: AgentContext[None] = AgentContext(
            thread=thread, store=self.store, request_context=context
        )
        result = Runner.run_streamed(getattr(scripted_agent, sys.argv[2]), "Hello", context=agent_context)
        async for event in stream_agent_response(agent_context, result):
            yield event


app = FastAPI()
server = StockServer(MemoryStore())


@app.post("/chatkit")
async def chatkit(request: Request) -> Response:
    """The quickstart's endpoint."""
    result = await server.process(await request.body(), None)
    if isinstance(result, StreamingResult):
        return StreamingResponse(result, media_type="text/event-stream")
    return Response(result.json, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
