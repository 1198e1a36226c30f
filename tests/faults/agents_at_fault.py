"""Tools that misbehave, for an agent that tests name in `CHATKIT_AGENT`."""

import asyncio
from typing import Any

from agents import Agent, RunContextWrapper, function_tool
from chatkit.types import ClientEffectEvent, NoticeEvent, ProgressUpdateEvent, ThreadStreamEvent

from app.assistant import AgentContext

HALF = "\ud83d"
"""Half of a surrogate pair: text to Python, and to nobody else."""


class Opaque:
    """Has no JSON form, and not even a name."""

    def __str__(self) -> str:
        raise RuntimeError("no name")

    __repr__ = __str__


@function_tool
def echo(text: str) -> str:
    """Return what it is given."""
    return text


@function_tool
def odd(kind: str) -> Any:
    """Return what no tool should."""
    return {
        "huge": "x" * 10_000_000,
        "half": f"a{HALF}b\0c",
        "opaque": Opaque(),
        "object": object(),
        "bytes": b"\xff\x00",
        "nothing": None,
        "not a number": float("nan"),
        "nested": _nested(2_000),
        "set": {1, 2},
        "dict": {"image": object(), 1: HALF},
    }[kind]


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@function_tool
async def hang() -> str:
    """Never return."""
    await asyncio.Event().wait()
    return "never"


@function_tool
async def show(context: RunContextWrapper[AgentContext], kind: str) -> str:
    """Stream an event that has no form on the wire, or hardly one."""
    own = context.context
    data: dict[str, dict[str, Any]] = {
        "effect": {"half": f"{HALF}\0", "object": object()},
        "numbers": {"x": float("nan"), "y": float("inf")},
        "deep": {"x": _nested(2_000)},
    }
    event: ThreadStreamEvent = ClientEffectEvent(name="do", data=data.get(kind, {}))
    if kind == "progress":
        event = ProgressUpdateEvent(text=f"half {HALF}\0")
    elif kind == "notice":
        event = NoticeEvent(level="info", message=f"half {HALF}\0")
    await own.stream(event)
    return "shown"


agent = Agent(name="Faulty", tools=[echo, odd, hang, show])
