"""An assistant whose tools show widgets, and what happens when somebody clicks in them."""

import asyncio
from typing import Any, NotRequired

from agents import Agent, RunContextWrapper, function_tool
from chatkit.errors import CustomStreamError
from chatkit.types import (
    HiddenContextItem,
    NoticeEvent,
    StructuredInputFreeform,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    WidgetComponentUpdated,
    WidgetItem,
)
from chatkit.widgets import DynamicWidgetComponent, DynamicWidgetRoot
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from app.assistant import Action, ActionContext, AgentContext, Assistant, SyncAction, SyncActionContext
from app.errors import BadRequest

CALLS: list[str] = []
"""What was called, in order, by any server of this process."""

GATES: dict[str, asyncio.Event] = {}
"""What handlers wait for."""

Context = RunContextWrapper[AgentContext]


def reached(name: str) -> asyncio.Event:
    return GATES.setdefault(f"reached {name}", asyncio.Event())


def opened(name: str) -> asyncio.Event:
    return GATES.setdefault(f"open {name}", asyncio.Event())


def forget() -> None:
    """Begin anew, for another test."""
    CALLS.clear()
    GATES.clear()


def _button(label: str, **action: Any) -> dict[str, Any]:
    return {"type": "Button", "label": label, "onClickAction": action}


def shop(title: str = "Shop", *more: dict[str, Any]) -> DynamicWidgetRoot:
    """A widget with an action of every kind, in every place that has one."""
    return DynamicWidgetRoot.model_validate(
        {
            "type": "Card",
            "children": [
                {"type": "Title", "value": title, "id": "title"},
                {
                    "type": "Box",
                    "children": [
                        _button("Buy", type="buy", payload={"sku": "pizza", "price": {"eur": 9}}),
                        _button("Count", type="count", streaming=False, payload={"by": 1}),
                        _button("Count more", type="count", streaming=False, payload={"by": 10}),
                        _button("Look", type="look", handler="client"),
                        _button("Once", type="once"),
                        _button("Once at once", type="once-at-once", streaming=False),
                        _button("Show", type="show"),
                        _button("Yield", type="yield"),
                        _button("Ask", type="ask"),
                        _button("Hang", type="hang"),
                        _button("Fail", type="fail"),
                        _button("Fail at once", type="fail-at-once", streaming=False),
                        _button("Refuse", type="refuse"),
                        _button("Wait", type="wait", streaming=False),
                        _button("Note", type="note", streaming=False),
                        _button("Decoy", type="decoy", payload={"onClickAction": {"type": "hidden"}}),
                    ],
                },
                {
                    "type": "Form",
                    "onSubmitAction": {"type": "order", "payload": {"shop": {"id": 7}}},
                    "children": [{"type": "Select", "name": "size", "onChangeAction": {"type": "size"}}],
                },
                *more,
            ],
            "confirm": {"label": "Confirm", "action": {"type": "confirm"}},
        }
    )


@function_tool
async def show_shop(context: Context, copy_text: str | None = None) -> str:
    """Show the shop."""
    await context.context.stream_widget(shop(), copy_text=copy_text)
    return "shown"


@function_tool
async def tell(context: Context, words: str) -> str:
    """Keep something for the model."""
    await context.context.add_hidden_context("They said {words}.", words=words)
    return "kept"


@function_tool
async def tell_by_hand(context: Context) -> str:
    """Keep something that is no text."""
    own = context.context
    content = {"order": 7, "by": "</HiddenContext>"}
    note = HiddenContextItem(
        id=own.generate_id("message"), thread_id=own.thread.id, created_at=own.now(), content=content
    )
    await own.stream(ThreadItemDoneEvent(item=note))
    return "kept"


@function_tool
async def show_and_swap(context: Context) -> str:
    """Show a widget, exchange one component of it, and take long for the rest."""
    own = context.context
    item = WidgetItem(
        id=own.generate_id("message"), thread_id=own.thread.id, created_at=own.now(), widget=shop("Before")
    )
    await own.stream(ThreadItemAddedEvent(item=item))
    component = DynamicWidgetComponent.model_validate({"type": "Title", "id": "title", "value": "After"})
    update = WidgetComponentUpdated(component_id="title", component=component)
    await own.stream(ThreadItemUpdatedEvent(item_id=item.id, update=update))
    await opened("swap").wait()
    return "swapped"


class Purchase(BaseModel):
    """What is bought."""

    sku: str
    price: dict[str, int]
    note: str = Field("", max_length=50)


class Order(TypedDict):
    """What the form holds."""

    shop: dict[str, int]
    size: NotRequired[str]


class Steps(TypedDict):
    """How far to count."""

    by: int


async def buy(context: ActionContext, purchase: Purchase) -> DynamicWidgetRoot:
    """Change the widget by returning another one."""
    CALLS.append(f"buy {purchase.sku} {purchase.price} {purchase.note}")
    return shop(f"Bought {purchase.sku}")


async def order(context: ActionContext, payload: Order) -> None:
    """Have the agent answer."""
    CALLS.append(f"order {payload}")
    await context.replace_widget(shop("Ordered"), copy_text="An order")
    await context.answer("The user has ordered size {size}.", size=payload.get("size"))


async def once(context: ActionContext) -> DynamicWidgetRoot:
    """Run once."""
    CALLS.append("once")
    reached("once").set()
    await opened("once").wait()
    return shop("Once")


async def once_at_once(context: SyncActionContext) -> DynamicWidgetRoot:
    """Run once, at once."""
    CALLS.append("once at once")
    reached("once at once").set()
    await opened("once at once").wait()
    return shop("Once at once")


async def show(context: ActionContext) -> None:
    """Show another widget."""
    await context.stream_progress("Looking")
    await context.stream_widget(DynamicWidgetRoot.model_validate({"type": "Card", "children": []}), "New")


async def yields(context: ActionContext) -> Any:
    """Be a generator of events."""
    yield NoticeEvent(level="info", message="One")
    yield NoticeEvent(level="info", message="Two")


async def ask(context: ActionContext) -> None:
    """Ask the user something."""
    await context.ask(StructuredInputFreeform(id="name", question="What is your name?"))


async def hang(context: ActionContext) -> None:
    """Never come back."""
    reached("hang").set()
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        CALLS.append("hang was ended")


async def fail(context: ActionContext) -> None:
    """Raise what nobody expected."""
    CALLS.append("fail")
    raise RuntimeError("secret-detail")


async def refuse(context: ActionContext) -> None:
    """Raise what the user is to read."""
    raise CustomStreamError("Sold out.", allow_retry=False)


def count(context: SyncActionContext, payload: Steps) -> Any:
    """Count on in the title, whatever it has come to."""

    def counted(item: Any) -> DynamicWidgetRoot:
        title = item.widget.model_dump()["children"][0]["value"]
        before = int(title) if title.isdigit() else 0
        return shop(str(before + payload["by"]))

    return counted


async def wait(context: SyncActionContext) -> DynamicWidgetRoot:
    """Make the next state of the one that was seen; take its time for it."""
    assert context.item is not None
    title = context.item.widget.model_dump()["children"][0]["value"]
    CALLS.append(f"wait {title}")
    reached("wait").set()
    await opened("wait").wait()
    return shop(f"{title}+")


async def note(context: SyncActionContext) -> None:
    """Keep something for the model."""
    await context.add_hidden_context("The user has noted {what}.", what="it</HiddenContext>")


async def fail_at_once(context: SyncActionContext) -> None:
    """Raise what nobody expected."""
    raise RuntimeError("secret-detail")


async def free(context: ActionContext, payload: dict[str, Any]) -> None:
    """Need no widget."""
    CALLS.append(f"free {payload} {context.item is not None}")
    if payload.get("no"):
        raise BadRequest("Not like this.")


async def decoy(context: ActionContext) -> None:
    """Carry an action in its payload that is none."""


async def hidden(context: ActionContext) -> None:
    """Never run: no widget offers it."""
    CALLS.append("hidden")


assistant = Assistant(
    Agent[AgentContext](name="Shop", tools=[show_shop, show_and_swap, tell, tell_by_hand]),
    titles=False,
    actions={
        "buy": buy,
        "order": order,
        "confirm": decoy,
        "size": decoy,
        "once": Action(once, once=True),
        "once-at-once": SyncAction(once_at_once, once=True),
        "show": show,
        "yield": yields,
        "ask": ask,
        "hang": hang,
        "fail": Action(fail, once=True),
        "fail-at-once": SyncAction(fail_at_once, once=True),
        "refuse": refuse,
        "count": SyncAction(count),
        "wait": SyncAction(wait),
        "note": SyncAction(note),
        "free": Action(free, anywhere=True),
        "look": decoy,
        "decoy": decoy,
        "hidden": hidden,
    },
)
