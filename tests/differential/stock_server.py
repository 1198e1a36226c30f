"""The stock ChatKit server, put together and served as the SDK's quickstart does it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from agents import Agent, RunConfig, Runner
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from app.assistant.models import ServerModels
from app.ops.listening import listening_socket
from app.settings import Settings
from tests.differential.stock_store import MemoryStore, StockContext

HISTORY = 100
"""Items that the model is sent; the quickstart's twenty oldest would hide the newest message (DOC-01)."""


class StockServer(ChatKitServer[StockContext]):
    """Answers with an agent. What the quickstart does not override is the SDK's default."""

    def __init__(self, agent: Agent[Any], models: ServerModels) -> None:
        super().__init__(MemoryStore())
        self._agent = agent
        self._run_config = RunConfig(model_provider=models, tracing_disabled=True)

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: StockContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        newest = await self.store.load_thread_items(thread.id, None, HISTORY, "desc", context)
        model_input = await simple_to_agent_input(list(reversed(newest.data)))
        agent_context: AgentContext[StockContext] = AgentContext(
            thread=thread, store=self.store, request_context=context
        )
        result = Runner.run_streamed(
            self._agent, model_input, context=agent_context, run_config=self._run_config
        )
        async for event in stream_agent_response(agent_context, result):
            yield event


def quickstart(server: StockServer) -> FastAPI:
    """Build the quickstart's application."""
    app = FastAPI()

    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        context = StockContext(request.headers["x-user"])
        result = await server.process(await request.body(), context)
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(content=result.json, media_type="application/json")

    return app


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        # The process' signals are the test runner's.
        yield


@contextlib.asynccontextmanager
async def serving_stock(agent: Agent[Any], settings: Settings) -> AsyncIterator[str]:
    """Serve the stock server on a free port in the test's own event loop; yields its URL."""
    models = ServerModels(settings)
    config = uvicorn.Config(
        quickstart(StockServer(agent, models)), lifespan="off", log_config=None, access_log=False
    )
    with listening_socket("127.0.0.1", 0) as bound:
        server = _Quiet(config)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
            await models.aclose()
