"""What a model was sent, told alike for every API."""

import json
from dataclasses import dataclass
from typing import Any

from tests.provider.server import ReceivedRequest


@dataclass(frozen=True)
class Sent:
    """The conversation in a request, instructions aside, oldest first."""

    said: list[tuple[str, str]]
    """Who said what: user or assistant, in text."""
    calls: dict[str, str]
    """Names of the tools called, by call id."""
    outputs: dict[str, str]
    """What they returned, by call id."""

    @property
    def questions(self) -> list[str]:
        """What the user said."""
        return [text for role, text in self.said if role == "user"]


def sent(request: ReceivedRequest) -> Sent:
    """Read a request."""
    found = Sent([], {}, {})
    for item in request.body["input" if request.api == "responses" else "messages"]:
        _read(found, item)
    return found


def size(request: ReceivedRequest) -> int:
    """Return how many bytes of JSON the conversation in a request takes."""
    messages = request.body["input" if request.api == "responses" else "messages"]
    return sum(len(json.dumps(item)) for item in messages if item.get("role") not in ("system", "developer"))


def _read(found: Sent, item: dict[str, Any]) -> None:
    match item:
        case {"type": "function_call", "call_id": call_id, "name": name}:
            found.calls[call_id] = name
        case {"type": "function_call_output", "call_id": call_id, "output": output}:
            found.outputs[call_id] = str(output)
        case {"role": "tool", "tool_call_id": call_id, "content": output}:
            found.outputs[call_id] = _text(output)
        case {"role": "user" | "assistant" as role}:
            found.calls.update(
                {call["id"]: call["function"]["name"] for call in item.get("tool_calls") or ()}
            )
            if text := _text(item.get("content")):
                found.said.append((role, text))
        case _:
            pass


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""
