"""The agent that the attacked servers run: whatever the provider says, with a tool to call."""

import asyncio

from agents import Agent, function_tool


@function_tool
def look_up(what: str) -> str:
    """Find something out at once."""
    return f"found {what}"


@function_tool
async def look_long(seconds: float) -> str:
    """Find something out slowly, and say nothing meanwhile."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)
    return "found at last"


agent = Agent(name="Chaos", tools=[look_up, look_long])
