"""A user's message as the model is sent it: one text, in which foreign words cannot pass for the user's own,
and a reference for each of its files.

Pure and total: whatever a message holds, it comes out as something every provider accepts, so that one bad
tag or attachment never poisons the turns that follow. The result is kept in the transcript, not made anew.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from agents import TResponseInputItem
from chatkit.types import (
    Attachment,
    StructuredInputItem,
    UserMessageContent,
    UserMessageItem,
    UserMessageTagContent,
)

from app.assistant.hidden_context import without_tags
from app.attachments.for_model import reference
from app.attachments.unavailable import is_unavailable

MAX_NAME = 200
ATTACHED = "[Attached "
"""How the sentence about a file begins."""

ANSWERS = "The user was shown these questions and"
"""How the text of answers to questions begins."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


def model_input(
    message: UserMessageItem, tag_texts: Mapping[str, str] = _NOTHING
) -> list[TResponseInputItem]:
    """Return the input items for a message.

    `tag_texts` holds, by tag id, what the server itself knows about a tagged entity. A tag's own `data` comes
    from the client and is not sent; without a text of ours a tag is just its name.
    """
    blocks = [
        _quoted("The user refers to this passage of the conversation:", message.quoted_text or ""),
        without_tags("".join(_spoken(part) for part in message.content).strip()),
        *(
            _quoted(f"About @{_one_line(tag.text)}:", tag_texts.get(tag.id, ""))
            for tag in _unique(part for part in message.content if isinstance(part, UserMessageTagContent))
        ),
        *(_attached(attachment) for attachment in message.attachments),
    ]
    text = "\n\n".join(filter(None, blocks)) or "(empty message)"
    files = [part for attachment in message.attachments if (part := reference(attachment)) is not None]
    if not files:
        return [{"role": "user", "content": text}]
    parts: list[Any] = [{"type": "input_text", "text": text}, *files]
    return [{"role": "user", "content": parts}]


def answers_input(item: StructuredInputItem) -> list[TResponseInputItem]:
    """Return the input items for answers to questions, which are what the user says next."""
    return [{"role": "user", "content": answers_text(item)}]


def answers_text(item: StructuredInputItem) -> str:
    """Return questions with their answers, a line for each."""
    lines = [f"{ANSWERS} {'skipped them' if item.status == 'skipped' else 'answered'}:"]
    for question in item.inputs:
        answer = question.answer
        said = "skipped" if answer is None or answer.skipped else ", ".join(answer.values)
        # A value of several lines stays within its point of the list.
        lines.append("\n  ".join(f"- {question.question}: {said}".splitlines()))
    return "\n".join(lines)


def user_text(message: UserMessageItem) -> str:
    """Return what the user wrote, tags by their names: for a title or a search.

    Of a message that is nothing but files, their names.
    """
    text = "".join(_spoken(part) for part in message.content).strip()
    return text or ", ".join(_one_line(attachment.name) for attachment in message.attachments)


def attached_in(text: str) -> list[str]:
    """Return what a message's text, as the model is sent it, says about its files."""
    return [line[len(ATTACHED) : -1] for line in text.splitlines() if line.startswith(ATTACHED)]


def without_attached(text: str) -> str:
    """Return such a text without what it says about files."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(ATTACHED)).strip()


def _spoken(part: UserMessageContent) -> str:
    return f"@{_one_line(part.text)}" if isinstance(part, UserMessageTagContent) else part.text


def _quoted(heading: str, text: str) -> str:
    """Mark every line of a foreign text as quoted; no text can end such a quotation by itself."""
    lines = text.strip().splitlines()
    return "\n".join([heading, *(f"> {line}" for line in lines)]) if lines else ""


def _attached(attachment: Attachment) -> str:
    kind = _one_line(attachment.mime_type)
    size = (attachment.metadata or {}).get("size")
    described = f"{kind}, {size:,} bytes" if isinstance(size, int) else kind
    if is_unavailable(attachment):
        described = f"{kind}, not available"
    return f"{ATTACHED}{attachment.type}: {_one_line(attachment.name)} ({described})]"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:MAX_NAME]


def _unique(tags: Iterable[UserMessageTagContent]) -> Iterable[UserMessageTagContent]:
    return {tag.id: tag for tag in tags}.values()
