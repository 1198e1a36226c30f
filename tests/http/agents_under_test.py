"""Agents that tests name in `CHATKIT_AGENT`."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from agents import (
    Agent,
    GuardrailFunctionOutput,
    RunContextWrapper,
    function_tool,
    input_guardrail,
    output_guardrail,
)
from chatkit.types import (
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    HiddenContextItem,
    NoticeEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
)
from chatkit.widgets import DynamicWidgetRoot

from app.assistant import AgentContext, Assistant, FileRules, RequestContext
from app.assistant.demo import demo_assistant

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@function_tool
def weather(city: str) -> str:
    """Tell the weather."""
    return f"Sunny in {city}"


@function_tool
def broken() -> str:
    """Raise; the model is told."""
    raise RuntimeError("secret-detail")


@function_tool(failure_error_function=None)
def fatal() -> str:
    """Raise; the run ends."""
    raise RuntimeError("secret-detail")


@function_tool
async def lock(context: RunContextWrapper[AgentContext]) -> str:
    """Change the thread, tell the user, and leave a note for the server."""
    own = context.context
    own.thread.metadata["case"] = 7
    own.thread.allowed_image_domains = ["img.example"]
    await own.stream(NoticeEvent(level="info", message="Noted."))
    note = HiddenContextItem(
        id=own.generate_id("message"),
        thread_id=own.thread.id,
        created_at=datetime.now(UTC),
        content="hidden-note",
    )
    await own.stream(ThreadItemDoneEvent(item=note))
    return "locked"


agent = Agent(name="Tools", tools=[weather, broken, fatal, lock])


@input_guardrail(run_in_parallel=False)
async def no_secrets(_: object, __: object, text: object) -> GuardrailFunctionOutput:
    """Trip on a word."""
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered="forbidden" in str(text))


@output_guardrail
async def polite(_: object, __: object, answer: str) -> GuardrailFunctionOutput:
    """Trip on a word."""
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered="rude" in answer)


guarded = Agent(name="Guarded", input_guardrails=[no_secrets], output_guardrails=[polite])


@function_tool
async def draw_dot(context: RunContextWrapper[AgentContext], way: str) -> str:
    """Show an image by its bytes."""
    own = context.context
    image = GeneratedImage(id="dot", url=f"data:image/png;base64,{DOT}")
    where: dict[str, Any] = {
        "id": own.generate_id("message"),
        "thread_id": own.thread.id,
        "created_at": datetime.now(UTC),
    }
    item = GeneratedImageItem(image=image, **where)
    if way == "step by step":
        await own.stream(ThreadItemAddedEvent(item=item))
        update = GeneratedImageUpdated(image=image, progress=0.5)
        await own.stream(ThreadItemUpdatedEvent(item_id=item.id, update=update))
    await own.stream(ThreadItemDoneEvent(item=item))
    return "shown"


drawing = Agent(name="Drawing", tools=[draw_dot], output_guardrails=[polite])


def echo_of_the_context(context: RequestContext) -> Agent[AgentContext]:
    """An agent whose instructions are what it was told of the request."""
    told = f"user={context.user_id} locale={context.locale} request={context.request_id}"
    return Agent(name="Echo", instructions=f"{told} metadata={dict(context.metadata)}")


@function_tool
async def show_deep_widget(context: RunContextWrapper[AgentContext]) -> str:
    """Show a widget that nobody could serialise."""
    node: Any = {"type": "Text", "value": "deep"}
    for _ in range(200):
        node = {"type": "Box", "children": [node]}
    await context.context.stream_widget(DynamicWidgetRoot.model_construct(type="Card", children=[node]))
    return "shown"


@function_tool
async def rest(seconds: float) -> str:
    """Do nothing for a while: the work of a slow tool."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)
    return "rested"


sleepy_agent = Agent(name="Sleepy", tools=[rest])
showing = Agent(name="Showing", tools=[show_deep_widget])
hasty_demo = demo_assistant(word_seconds=0)
with_files = Assistant(agent, files=FileRules())
