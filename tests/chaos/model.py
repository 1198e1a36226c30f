"""What the server should answer, kept in memory: threads of numbered messages, and nothing else.

Knows the protocol's rules and none of the server's code. Ids are taken from the answers.
"""

from dataclasses import dataclass, field

from tests.chaos.journal import JSON, text_of

TITLE = "A short title"


@dataclass
class Message:
    """A message and its answer; `answer` is None while it is held."""

    item_id: str
    text: str
    answer: str | None = None
    answer_id: str = ""
    stopped: bool = False


@dataclass
class Thread:
    """One conversation."""

    id: str
    title: str | None = None
    """None: whatever the model wrote."""
    messages: list[Message] = field(default_factory=list)
    votes: dict[str, str] = field(default_factory=dict)

    @property
    def is_held(self) -> bool:
        """Whether an answer is being written."""
        return bool(self.messages) and self.messages[-1].answer is None

    def texts(self) -> list[tuple[str, str]]:
        """The items as a reader sees them: type and text. What is being written shows as far as it is."""
        found: list[tuple[str, str]] = []
        for message in self.messages:
            found.append(("user_message", message.text))
            if message.answer != "":
                found.append(("assistant_message", "Hel" if message.answer is None else message.answer))
        return found

    def retry(self, place: int) -> Message:
        """Forget all that came after a message."""
        for message in self.messages[place:]:
            self.votes.pop(message.answer_id, None)
        del self.messages[place + 1 :]
        return self.messages[place]


def texts_of(items: list[JSON]) -> list[tuple[str, str]]:
    """The same of an answer of the server."""
    return [
        (item["type"], text_of(item))
        for item in items
        if item["type"] in ("user_message", "assistant_message")
    ]
