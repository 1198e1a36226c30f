"""Workflows as exports are once they are loaded: what they ask for goes to the host of the run."""

import asyncio
import sys
from typing import Any

from agents import Agent, ModelSettings, RunContextWrapper, function_tool
from pydantic import BaseModel

from app.assistant import WidgetTemplate
from app.workflows.host import current_host
from app.workflows.settings import Limits, WorkflowSettings
from tests.turns.agents_to_approve import with_mcp
from tests.turns.workflows.served import served, user


class TopicSchema(BaseModel):
    topic: str


class OrderSchema(BaseModel):
    title: str
    copies: int
    note: str | None = None


DONE: list[str] = []
"""What tools have done, in order."""

classify = Agent[Any](name="Classify", output_type=TopicSchema, model_settings=ModelSettings(temperature=0))
clerk = Agent[Any](name="Clerk", instructions="Help with loans.")
editor = Agent[Any](name="Editor", instructions="Say it in one line.")
buyer = Agent[Any](name="Buyer", output_type=OrderSchema)


class ClerkContext:
    def __init__(self, state_asked: int) -> None:
        self.state_asked = state_asked


def counting_instructions(context: RunContextWrapper[ClerkContext], _: Agent[ClerkContext]) -> str:
    return f"Question number {context.context.state_asked}."


counting = Agent[ClerkContext](name="Counting clerk", instructions=counting_instructions)


async def desk(text: str) -> Any:
    """Classify, answer, and put it in one line: one agent hidden, two of them shown."""
    host = current_host()
    history = host.prior_history([user(text)])
    topic = await host.run_agent(classify, input=[user(text)])
    answer = await host.run_agent(clerk, input=[*history, user(f"It is about {topic.final_output.topic}.")])
    history.extend(item.to_input_item() for item in answer.new_items)
    line = await host.run_agent(editor, input=[*history])
    return {"output_text": line.final_output_as(str)}


async def counted(text: str) -> Any:
    """Count the questions of a thread, in a variable that the instructions name."""
    host = current_host()
    state = host.initial_state({"asked": 0, "plan": "free", "seen": set()})
    history = host.prior_history([user(text)])
    state["asked"] = state["asked"] + 1
    result = await host.run_agent(counting, input=[*history], context=ClerkContext(state["asked"]))
    history.extend(item.to_input_item() for item in result.new_items)
    if text == "fail":
        raise ValueError("a secret of the file")
    return {"output_text": result.final_output_as(str)}


async def masked(text: str) -> Any:
    """Mask what the user has said, in place, as a guardrail does."""
    host = current_host()
    history = host.prior_history([user(text)])
    for item in history:
        content: Any = item.get("content")
        for part in content if isinstance(content, list) else ():
            part["text"] = str(part.get("text")).replace("12-34", "<CARD>")
    result = await host.run_agent(clerk, input=[*history])
    history.extend(item.to_input_item() for item in result.new_items)


async def ordering(text: str) -> Any:
    """Two approvals, one behind the other, and an agent between them."""
    host = current_host()
    state = host.initial_state({"ordered": 0})
    history = host.prior_history([user(text)])
    order = await host.run_agent(buyer, input=[*history])
    history.extend(item.to_input_item() for item in order.new_items)
    found = await host.recorded("search", _search)
    try:
        granted = await host.approve("approval_request", f"Order {order.final_output.copies} of {found}?")
    except Exception:
        granted = True
    if not granted:
        result = await host.run_agent(editor, input=[*history])
        return {"output_text": result.final_output}
    state["ordered"] += order.final_output.copies
    result = await host.run_agent(clerk, input=[*history])
    history.extend(item.to_input_item() for item in result.new_items)
    if await host.approve("approval_request1", "Tell everybody?"):
        await host.run_agent(editor, input=[*history])
    return {"ordered": state["ordered"]}


async def _search() -> Any:
    DONE.append("searched")
    return "The Hobbit"


async def catching_all(text: str) -> Any:
    """Catch whatever comes, even the pause itself, and go on."""
    host = current_host()
    try:
        granted = await host.approve("approval_request", "Really?")
    except BaseException:
        granted = True
    if granted:
        await host.run_agent(clerk, input=[user(text)])
    return "granted" if granted else "refused"


@function_tool(needs_approval=True)
def hold_book(title: str) -> str:
    """Hold a book."""
    DONE.append(f"held {title}")
    return f"held {title}"


@function_tool
def look_up(title: str) -> str:
    """Look a book up."""
    DONE.append(f"looked up {title}")
    return f"{title} is on the shelf"


librarian = Agent[Any](name="Librarian", tools=[look_up, hold_book])


async def holding(text: str) -> Any:
    """An agent whose tool needs approval, after another one has spoken."""
    host = current_host()
    history = host.prior_history([user(text)])
    greeting = await host.run_agent(clerk, input=[*history])
    history.extend(item.to_input_item() for item in greeting.new_items)
    result = await host.run_agent(librarian, input=[*history])
    history.extend(item.to_input_item() for item in result.new_items)
    return {"output_text": result.final_output}


async def reading(text: str) -> Any:
    """A tool of the provider's that needs approval."""
    host = current_host()
    history = host.prior_history([user(text)])
    result = await host.run_agent(with_mcp, input=[*history])
    history.extend(item.to_input_item() for item in result.new_items)


async def guarded(text: str) -> Any:
    """Stop at a guardrail: with what the export returns, by raising, or with an answer of an agent's."""
    host = current_host()
    history = host.prior_history([user(text)])
    host.blocked(["Jailbreak", "Contains PII"] if "both" in text else ["Jailbreak"])
    if "raise" in text:
        raise Exception("Guardrail tripwire: jailbreak with a confidence of 0.93")
    if "answer" in text:
        await host.run_agent(clerk, input=[*history])
    return {"jailbreak": {"failed": True, "confidence": 0.93}}


async def looping(text: str) -> Any:
    """Go on for ever."""
    host = current_host()
    history = host.prior_history([user(text)])
    while text != "no loop":
        host.loop(7)
        result = await host.run_agent(clerk, input=[*history])
        history.extend(item.to_input_item() for item in result.new_items)


async def returning(text: str) -> Any:
    """Say nothing and return what the message names."""
    host = current_host()
    history = host.prior_history([user(text)])
    if text == "hidden":
        topic = await host.run_agent(classify, input=[*history])
        return {"output_text": topic.final_output.model_dump_json(), "output_parsed": topic.final_output}
    if text == "exit":
        sys.exit(3)
    if text == "cancel":
        raise asyncio.CancelledError
    return {"nothing": None, "text": "Just this.", "dict": {"output_text": "From a dict."}}[text]


async def ordered_widget(text: str) -> Any:
    """An agent whose output is a widget."""
    host = current_host()
    history = host.prior_history([user(text)])
    order = await host.run_agent(buyer, input=[*history])
    history.extend(item.to_input_item() for item in order.new_items)
    return {"output_text": order.final_output.model_dump_json()}


async def echoing(text: str) -> Any:
    """Ask twice, one question after the other, and keep what was said in a variable."""
    host = current_host()
    state = host.initial_state({"said": []})
    history = host.prior_history([user(text)])
    state["said"].append(text)
    for _ in range(2):
        result = await host.run_agent(clerk, input=[*history])
        history.extend(item.to_input_item() for item in result.new_items)
    return None


@function_tool
async def ask_editor(text: str) -> str:
    """Have a text put into one line."""
    result = await current_host().run_agent(editor, text)
    return str(result.final_output)


boss = Agent[Any](name="Boss", tools=[ask_editor])


async def within(text: str) -> Any:
    """An agent that has another one run in a tool of its own."""
    host = current_host()
    history = host.prior_history([user(text)])
    result = await host.run_agent(boss, input=[*history])
    history.extend(item.to_input_item() for item in result.new_items)


async def at_once(text: str) -> Any:
    """Two agents at the same time."""
    host = current_host()
    history = host.prior_history([user(text)])
    both = await asyncio.gather(
        host.run_agent(clerk, input=[*history]), host.run_agent(editor, input=[*history])
    )
    for result in both:
        history.extend(item.to_input_item() for item in result.new_items)


async def whoever_fails(text: str) -> Any:
    """Two agents at the same time, going on with those that have not failed."""
    host = current_host()
    history = host.prior_history([user(text)])
    both = await asyncio.gather(
        host.run_agent(clerk, input=[*history]),
        host.run_agent(editor, input=[*history]),
        return_exceptions=True,
    )
    for result in both:
        if not isinstance(result, BaseException):
            history.extend(item.to_input_item() for item in result.new_items)
    if text == "one more":
        await host.run_agent(counting, input=[*history], context=ClerkContext(1))


async def asking_beside(text: str) -> Any:
    """An approval while an agent speaks."""
    host = current_host()
    history = host.prior_history([user(text)])

    async def asked() -> bool:
        await BESIDE.wait()
        return await host.approve("approval_request", "Now?")

    await asyncio.gather(host.run_agent(clerk, input=[*history]), asked())


async def branching(text: str) -> Any:
    """Twice one agent after the other, at the same time, and an approval."""
    host = current_host()
    history = host.prior_history([user(text)])

    async def branch() -> list[str]:
        return [str((await host.run_agent(clerk, input=[*history])).final_output) for _ in range(2)]

    async def nested() -> list[str]:
        (said,) = await asyncio.gather(branch())
        return said

    first, second = await asyncio.gather(branch(), nested())
    if await host.approve("approval_request", "So?"):
        DONE.extend([*first, *second])


BESIDE = asyncio.Event()

ORDER_WIDGET = WidgetTemplate(
    {
        "version": "1.0",
        "name": "Order",
        "template": '{"type":"Card","children":[{"type":"Text","value":{{ title | tojson }}}]}',
        "jsonSchema": {
            "type": "object",
            "properties": {"title": {"type": "string"}, "copies": {"type": "integer", "maximum": 9}},
            "required": ["title", "copies"],
        },
    }
)

assistant_desk = served(desk, clerk, classify, editor)
assistant_desk_shown = served(
    desk, clerk, classify, editor, settings=WorkflowSettings(shown={"Classify": True, "Clerk": False})
)
assistant_counted = served(counted, counting)
assistant_masked = served(masked, clerk)
assistant_ordering = served(ordering, buyer, clerk, editor)
assistant_ordering_firm = served(
    ordering, buyer, clerk, editor, settings=WorkflowSettings(on_message="refuse")
)
assistant_catching_all = served(catching_all, clerk)
assistant_holding = served(holding, clerk, librarian)
assistant_reading = served(reading, with_mcp)
assistant_guarded = served(guarded, clerk)
assistant_looping = served(
    looping, clerk, settings=WorkflowSettings(limits=Limits(loop_iterations=2, agent_runs=50))
)
assistant_few_runs = served(
    looping, clerk, settings=WorkflowSettings(limits=Limits(loop_iterations=100, agent_runs=2))
)
assistant_few_tokens = served(looping, clerk, settings=WorkflowSettings(limits=Limits(tokens=1)))
assistant_hasty = served(looping, clerk, settings=WorkflowSettings(limits=Limits(seconds=3)))
assistant_returning = served(returning, classify)
assistant_widget = served(ordered_widget, buyer, settings=WorkflowSettings(widgets={"Buyer": ORDER_WIDGET}))
assistant_echoing = served(echoing, clerk)
assistant_asking_beside = served(asking_beside, clerk)
assistant_within = served(within, boss)
assistant_branching = served(branching, clerk)
assistant_at_once = served(at_once, clerk, editor)
assistant_side_by_side = served(at_once, clerk, editor, may_ask=False)
assistant_whoever_fails = served(whoever_fails, clerk, editor, counting, may_ask=False)
