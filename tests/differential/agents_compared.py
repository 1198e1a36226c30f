"""The agent that both servers run: one tool for each thing that a tool can do on the page.

Written as the ChatKit SDK's documentation has it, so that the stock server can run it; nothing of ours is
imported.
"""

from datetime import datetime
from typing import Any

from agents import (
    Agent,
    GuardrailFunctionOutput,
    RunContextWrapper,
    StopAtTools,
    function_tool,
    input_guardrail,
    output_guardrail,
)
from chatkit.agents import AgentContext, ClientToolCall
from chatkit.errors import CustomStreamError
from chatkit.types import (
    ClientEffectEvent,
    CustomTask,
    HiddenContextItem,
    LockedStatus,
    NoticeEvent,
    ProgressUpdateEvent,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    TaskItem,
    ThreadItemDoneEvent,
    Workflow,
)
from chatkit.widgets import Card, DynamicWidgetRoot, Text

Context = RunContextWrapper[AgentContext[Any]]


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


@function_tool(failure_error_function=None)
def out_of_stock() -> str:
    """Raise what the SDK has for the integrator's own sentences."""
    raise CustomStreamError("Nothing is left.", allow_retry=True)


@function_tool
async def pick_colour(context: Context, unit: str = "hex") -> str:
    """Have the page choose."""
    context.context.client_tool_call = ClientToolCall(
        name="pick_colour", arguments={"unit": unit, "at": None}
    )
    return "not used"


@function_tool
async def take_order(context: Context) -> str:
    """Ask the user what they would like."""
    own = context.context
    sizes = [StructuredInputMultipleChoiceOption(value=value) for value in ("small", "large")]
    form = StructuredInputItem(
        id=own.generate_id("message"),
        thread_id=own.thread.id,
        created_at=datetime.now(),
        inputs=[
            StructuredInputMultipleChoice(id="size", question="Which size?", options=sizes),
            StructuredInputMultipleChoice(id="extras", question="Extras?", options=sizes, multiple=True),
            StructuredInputFreeform(id="name", question="What is your name?"),
        ],
    )
    await own.stream(ThreadItemDoneEvent(item=form))
    return "asked"


@function_tool
async def show_card(context: Context) -> str:
    """Show a widget."""
    await context.context.stream_widget(Card(children=[Text(value="Sunny")]), copy_text="Sunny")
    return "shown"


@function_tool
async def write_card(context: Context) -> str:
    """Show a widget that is written while it is shown."""

    async def states() -> Any:
        for text in ("", "Sun", "Sunny"):
            yield Card(children=[Text(id="t", value=text, streaming=text != "Sunny")])
        yield Card(children=[Text(id="t", value="Rain", streaming=False)])

    await context.context.stream_widget(states())
    return "shown"


@function_tool
async def show_newer_card(context: Context) -> str:
    """Show a widget with what this SDK's classes do not know."""
    card = {"type": "Card", "border": 1, "children": [{"type": "Text", "value": "Sunny", "glow": [1, {}]}]}
    await context.context.stream_widget(DynamicWidgetRoot.model_validate(card))
    return "shown"


@function_tool
async def tell_the_page(context: Context) -> str:
    """Send all that is for the moment only."""
    own = context.context
    await own.stream(ProgressUpdateEvent(text="Looking", icon="globe"))
    await own.stream(ClientEffectEvent(name="flash", data={"colour": "red", "until": None}))
    await own.stream(NoticeEvent(level="warning", message="**Late**", title="Note"))
    return "told"


@function_tool
async def work(context: Context) -> str:
    """Show what is being done, in a workflow that tells its own steps."""
    own = context.context
    await own.start_workflow(Workflow(type="custom", tasks=[]))
    await own.add_workflow_task(CustomTask(title="Pack", status_indicator="loading"))
    await own.update_workflow_task(CustomTask(title="Pack", status_indicator="complete"), 0)
    await own.end_workflow()
    return "worked"


@function_tool
async def note(context: Context) -> str:
    """Leave a task in the thread, and what no page sees."""
    own = context.context
    task = TaskItem(
        id=own.generate_id("task"),
        thread_id=own.thread.id,
        created_at=datetime.now(),
        task=CustomTask(title="Noted"),
    )
    hidden = HiddenContextItem(
        id=own.generate_id("message"), thread_id=own.thread.id, created_at=datetime.now(), content="hidden"
    )
    await own.stream(ThreadItemDoneEvent(item=task))
    await own.stream(ThreadItemDoneEvent(item=hidden))
    return "noted"


@function_tool
async def set_up_thread(context: Context) -> str:
    """Change what a thread has besides its items."""
    thread = context.context.thread
    thread.title = "Named by a tool"
    thread.metadata["case"] = 7
    thread.allowed_image_domains = ["img.example"]
    return "set up"


@function_tool
async def lock_thread(context: Context) -> str:
    """Let nobody write here any more."""
    context.context.thread.status = LockedStatus(reason="Solved.")
    return "locked"


@input_guardrail(run_in_parallel=False)
async def no_secrets(_: object, __: object, asked: object) -> GuardrailFunctionOutput:
    """Trip on a word."""
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered="forbidden" in str(asked))


@output_guardrail
async def polite(_: object, __: object, answer: str) -> GuardrailFunctionOutput:
    """Trip on a word."""
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered="rude" in str(answer))


agent = Agent[Any](
    name="Compared",
    instructions="Answer.",
    tools=[
        weather,
        broken,
        fatal,
        out_of_stock,
        pick_colour,
        take_order,
        show_card,
        write_card,
        show_newer_card,
        tell_the_page,
        work,
        note,
        set_up_thread,
        lock_thread,
    ],
    tool_use_behavior=StopAtTools(stop_at_tool_names=["pick_colour", "take_order"]),
    input_guardrails=[no_secrets],
    output_guardrails=[polite],
)
