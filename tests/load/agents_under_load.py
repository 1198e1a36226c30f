"""An agent whose model never says anything."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, Model, ModelResponse


class Silent(Model):
    """Is asked and does not answer."""

    async def get_response(self, *_: Any, **__: Any) -> ModelResponse:
        """Wait for ever."""
        await asyncio.Event().wait()
        raise AssertionError

    async def stream_response(self, *_: Any, **__: Any) -> AsyncIterator[Any]:
        """Wait for ever."""
        await asyncio.Event().wait()
        yield


agent = Agent(name="Silent", model=Silent())
