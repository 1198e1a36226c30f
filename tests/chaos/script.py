"""What the provider answers in an attack. The question says it all, so nothing has to be scripted in order.

tale NUMBER FIRST SECOND MILLISECONDS   so many words, a tool, so many more, at that pace
hold NAME                               `Hel`, a gate of that name, `lo`
think NAME                              `I see`, a gate of that name, `.`: a thought, and then `Done`
steps NAME COUNT                        words with a gate before each: NAME.0, NAME.1, …
many COUNT                              so many messages at once, without a pause
silence SECONDS                         a tool that says nothing for so long
echo WORDS                              the words
"""

from dataclasses import dataclass
from typing import Any

from tests.provider.script import Piece, Reply, call_tool, gate, pause, say, think
from tests.provider.server import ReceivedRequest


@dataclass(frozen=True)
class Tale:
    """An answer of numbered words, in which a hole or a repetition shows."""

    number: int
    first: int
    second: int
    milliseconds: int

    @property
    def question(self) -> str:
        """The message that asks for it."""
        return f"tale {self.number} {self.first} {self.second} {self.milliseconds}"

    @property
    def texts(self) -> tuple[str, str]:
        """The two messages of the answer."""
        return ("".join(self.words("a", self.first)), "".join(self.words("b", self.second)))

    @property
    def seconds(self) -> float:
        """How long it takes to tell."""
        return (self.first + self.second) * self.milliseconds / 1000

    def words(self, part: str, count: int) -> list[str]:
        """The words of one of its messages."""
        return [f"{part}{self.number}.{place} " for place in range(count)]


def compose(request: ReceivedRequest) -> Reply:
    """Return the provider's reply to a request."""
    question, tool_outputs = asked(request.body)
    kind, *rest = question.split() or ["echo"]
    match kind:
        case "tale":
            return _tale(Tale(*map(int, rest)), second=bool(tool_outputs))
        case "hold":
            return [say("Hel", gate(rest[0]), "lo")]
        case "think":
            return [think("I see", gate(rest[0]), "."), say("Done")]
        case "steps":
            return _steps(rest[0], int(rest[1]), second=bool(tool_outputs))
        case "many":
            return [say(f"message {number}") for number in range(int(rest[0]))]
        case "silence" if not tool_outputs:
            return [say("Wait. "), call_tool("look_long", {"seconds": float(rest[0])})]
        case "silence":
            return [say("Done.")]
        case _:
            return [say(" ".join(rest) or "nothing")]


def asked(body: dict[str, Any]) -> tuple[str, int]:
    """Return the last question in a request, and how many tool outputs have come since."""
    question, outputs = "", 0
    for item in body["input"] if isinstance(body["input"], list) else [{"content": body["input"]}]:
        if item.get("type") == "function_call_output":
            outputs += 1
        elif item.get("role", "user") == "user" and "content" in item:
            question, outputs = _text(item["content"]), 0
    return question, outputs


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _tale(tale: Tale, *, second: bool) -> Reply:
    if second:
        return [say(*_paced(tale.words("b", tale.second), tale.milliseconds))]
    thought = think(*_paced(["First ", "I ", "think."], tale.milliseconds))
    told = say(*_paced(tale.words("a", tale.first), tale.milliseconds))
    return [thought, told, call_tool("look_up", {"what": str(tale.number)})]


def _paced(words: list[str], milliseconds: int) -> list[Piece]:
    return [piece for word in words for piece in (pause(milliseconds / 1000), word)]


def _steps(name: str, count: int, *, second: bool) -> Reply:
    half = count // 2
    places = range(half, count) if second else range(half)
    pieces: list[Piece] = [piece for place in places for piece in (gate(f"{name}.{place}"), f"{place} ")]
    if second:
        return [say(*pieces)]
    return [think("Let me ", "see."), say(*pieces), call_tool("look_up", {"what": name})]
