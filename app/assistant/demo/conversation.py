"""What has been said so far, read from a model's input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents import TResponseInputItem

from app.assistant.demo.texts import INTRODUCTION
from app.assistant.model_input import attached_in, without_attached


@dataclass(frozen=True, slots=True)
class Conversation:
    """`questions` are the user's messages, the one to answer last; `tool` was called for it."""

    questions: tuple[str, ...]
    has_introduction: bool = False
    tool_result: str | None = None
    tool: str = ""
    files: tuple[str, ...] = ()
    """What is said about the files that came with the message to answer."""

    @property
    def question(self) -> str:
        """The message to answer."""
        return self.questions[-1] if self.questions else ""

    @property
    def earlier(self) -> tuple[str, ...]:
        """What the user said before."""
        return self.questions[:-1]


def read_conversation(model_input: str | Sequence[TResponseInputItem]) -> Conversation:
    """Read a model's input; what is not understood is passed over."""
    if isinstance(model_input, str):
        return Conversation((model_input,))
    questions: list[str] = []
    files: list[str] = []
    has_introduction, tool_result, tool = False, None, ""
    for item in model_input:
        match item:
            case {"role": "user", "content": content}:
                said = _first_text(content)
                files = attached_in(said)
                questions.append(without_attached(said))
                tool_result, tool = None, ""
            case {"type": "function_call", "name": str(name)}:
                tool = name
            case {"role": "assistant", "content": content}:
                has_introduction = has_introduction or INTRODUCTION[:20] in _text(content)
            case {"type": "function_call_output", "output": output}:
                tool_result = _text(output)
            case _:
                pass
    return Conversation(tuple(questions), has_introduction, tool_result, tool, tuple(files))


def _first_text(content: Any) -> str:
    """Return what the user wrote; further parts are what stands in their files."""
    return _text(content if isinstance(content, str) else content[:1])


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]) for part in parts if isinstance(part, Mapping) and "text" in part)
