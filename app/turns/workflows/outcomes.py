"""What code of an export reads of a finished run, as JSON, and again from JSON.

What is read back is as good as what the run gave: items that become input, and the output as a value of the
agent's `output_type`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from agents import (
    Agent,
    AgentOutputSchema,
    AgentOutputSchemaBase,
    ItemHelpers,
    MessageOutputItem,
    RunItem,
    RunResultStreaming,
    TResponseInputItem,
)
from agents.items import RunItemBase
from openai.types.responses import ResponseOutputMessage
from pydantic import JsonValue, TypeAdapter, ValidationError
from pydantic_core import to_json, to_jsonable_python

from app.transcripts import storable
from app.turns.failures import WorkflowDiverged


@dataclass
class RecordedItem(RunItemBase[dict[str, Any]]):
    """An item of a run that was made before; nothing but its input form is known of it."""

    type: str = "recorded_item"


@dataclass
class RecordedOutcome:
    """A finished run, as code of an export may read it."""

    input: str | list[TResponseInputItem]
    new_items: list[RunItem]
    final_output: Any
    last_agent: Agent[Any]
    raw_responses: list[Any] = field(default_factory=list)
    interruptions: list[Any] = field(default_factory=list)
    last_response_id: str | None = None

    def final_output_as(self, cls: type[Any], raise_if_incorrect_type: bool = False) -> Any:
        """Return the output, said to be of that type."""
        if raise_if_incorrect_type and not isinstance(self.final_output, cls):
            raise TypeError(f"Final output is not of type {cls.__name__}")
        return self.final_output

    def to_input_list(self, **_: Any) -> list[TResponseInputItem]:
        """Return the input of the run and what it has added."""
        added = [item.to_input_item() for item in self.new_items]
        return [*ItemHelpers.input_to_new_input_list(self.input), *added]


def finished(
    result: RunResultStreaming,
    input: str | list[TResponseInputItem],
) -> "RunResultStreaming | RecordedOutcome":
    """Return a run as code of an export reads it: without the questions that the user was asked on its way.

    They are no items that a model could be sent, and exports send it all of them.
    """
    items: list[RunItem] = [item for item in result.new_items if item.type != "tool_approval_item"]
    if len(items) == len(result.new_items):
        return result
    return RecordedOutcome(
        input=input,
        new_items=items,
        final_output=result.final_output,
        last_agent=result.last_agent,
        raw_responses=result.raw_responses,
        last_response_id=result.last_response_id,
    )


def recorded(result: RunResultStreaming, *, has_spoken: bool) -> JsonValue:
    """Return what a journal keeps of a finished run, and whether the user has heard of it."""
    items = [storable(item.to_input_item()) for item in result.new_items if item.type != "tool_approval_item"]
    usage = result.context_wrapper.usage
    return {
        "items": cast("JsonValue", items),
        "output": to_jsonable_python(result.final_output, by_alias=True, fallback=str),
        "agent": result.last_agent.name,
        "tokens": usage.input_tokens + usage.output_tokens,
        "has_spoken": has_spoken,
    }


def restored(
    kept: JsonValue,
    agent: Agent[Any],
    others: Mapping[str, Agent[Any]],
    input: str | list[TResponseInputItem],
) -> RecordedOutcome:
    """Return the outcome that `recorded` has kept; raise `WorkflowDiverged` where it fits no agent now."""
    if not isinstance(kept, dict):
        raise WorkflowDiverged
    last = _named(str(kept.get("agent")), agent, others.values())
    items = kept.get("items")
    return RecordedOutcome(
        input=input,
        new_items=[_item(last, item) for item in items if isinstance(item, dict)]
        if isinstance(items, list)
        else [],
        final_output=_output(last, kept.get("output")),
        last_agent=last,
    )


def tokens_in(kept: JsonValue) -> int:
    """Return what a recorded run has cost."""
    tokens = kept.get("tokens") if isinstance(kept, dict) else None
    return tokens if isinstance(tokens, int) else 0


def had_spoken(kept: JsonValue) -> bool:
    """Say whether the user has heard of a recorded run."""
    return isinstance(kept, dict) and kept.get("has_spoken") is True


def _named(name: str, agent: Agent[Any], others: Iterable[Agent[Any]]) -> Agent[Any]:
    found = next((one for one in (agent, *others) if one.name == name), None)
    if found is None:
        raise WorkflowDiverged
    return found


def _item(agent: Agent[Any], item: dict[str, Any]) -> RunItem:
    if item.get("type") == "message":
        try:
            return MessageOutputItem(agent, ResponseOutputMessage.model_validate(item))
        except ValidationError:
            pass
    return cast("RunItem", RecordedItem(agent, item))


def _output(agent: Agent[Any], output: JsonValue) -> Any:
    kind = agent.output_type
    if kind is None or kind is str:
        return output
    try:
        match kind:
            case AgentOutputSchema():
                return TypeAdapter(kind.output_type).validate_python(output)
            case AgentOutputSchemaBase():
                return kind.validate_json(to_json(output).decode())
            case _:
                return TypeAdapter(kind).validate_python(output)
    except Exception as error:
        raise WorkflowDiverged from error
