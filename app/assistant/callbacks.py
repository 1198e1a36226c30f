"""Asking a function that the integrator has written, plain or async, for no longer than a moment.

Decides nothing about what follows when it raises or is late: `TimeoutError` and its own exceptions go on.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


async def ask(function: Callable[..., T | Awaitable[T]], *arguments: Any, seconds: float) -> T:
    """Return what `function` gives, or raise `TimeoutError`.

    A plain function runs in a thread, so that one that waits holds up nobody else; when it is late, its
    thread goes on to its end and is not listened to any more.
    """
    async with asyncio.timeout(seconds):
        if inspect.iscoroutinefunction(function):
            return cast("T", await function(*arguments))
        made = await asyncio.to_thread(function, *arguments)
        return await made if inspect.isawaitable(made) else made
