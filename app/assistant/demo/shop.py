"""The demo's widget: its text streams, its button answers at once, and the model answers its form.

What it shows stands in the payloads of its actions: they are fixed in the stored widget, so no client changes
them, and the handlers need no state of their own.
"""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Literal

from agents import RunContextWrapper, function_tool
from chatkit.widgets import DynamicWidgetRoot
from typing_extensions import TypedDict

from app.assistant.actions import Action, ActionContext, SyncAction, SyncActionContext
from app.assistant.actions.action import Handler
from app.assistant.agent_context import AgentContext
from app.assistant.demo import texts
from app.assistant.widget_templates import WidgetTemplate

WORD_SECONDS = 0.03

_SHOP = WidgetTemplate.load(Path(__file__).with_name("shop.widget"))


class Liked(TypedDict):
    """What the shop showed when the button was pressed."""

    likes: int
    size: Literal["", "small", "large"]


class Ordered(TypedDict):
    """What it showed, and what the form holds."""

    likes: int
    size: Literal["small", "large"]


@function_tool
async def show_shop(context: RunContextWrapper[AgentContext]) -> str:
    """Show the shop, its text word by word."""

    async def states() -> AsyncGenerator[DynamicWidgetRoot, None]:
        words = texts.NEWS.split(" ")
        for count in range(1, len(words) + 1):
            yield _shop(" ".join(words[:count]), is_streaming=count < len(words))
            await asyncio.sleep(WORD_SECONDS)

    await context.context.stream_widget(states(), copy_text=texts.NEWS)
    return "The shop is shown."


async def order(context: ActionContext, payload: Ordered) -> None:
    """Take an order: the form goes, and the model answers."""
    await context.replace_widget(_shop(likes=payload["likes"], size=payload["size"]))
    await context.answer(texts.ORDERED, size=payload["size"])


def like(_: SyncActionContext, payload: Liked) -> DynamicWidgetRoot:
    """Count one more."""
    return _shop(likes=payload["likes"] + 1, size=payload["size"])


ACTIONS: dict[str, Action | Handler] = {"demo.order": order, "demo.like": SyncAction(like)}


def _shop(
    news: str = texts.NEWS, *, is_streaming: bool = False, likes: int = 0, size: str = ""
) -> DynamicWidgetRoot:
    return _SHOP.build({"news": news, "is_streaming": is_streaming, "likes": likes, "size": size})
