"""What a workflow tells the user besides its agents: what it has returned, and what a guardrail has stopped.

Of a guardrail only its kind is said: what it has found, and how sure it was, would help to get around it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    CustomTask,
    TaskItem,
    ThreadItemDoneEvent,
)

from app.ids import ThreadId
from app.languages import Sentence, translated
from app.turns.showing import Showing

BLOCKED: Sentence = "This was stopped by a rule of this service"
BY_ITSELF: Sentence = "Try to say it differently."
REASONS: Sentence = "Reason: {reasons}."

PERSONAL: Sentence = "personal data"
UNWANTED: Sentence = "unwanted content"
JAILBREAK: Sentence = "an attempt to get around the rules"
UNFOUNDED: Sentence = "statements that nothing supports"
NSFW: Sentence = "content that is not suitable here"
ADDRESS: Sentence = "an address that is not allowed"
OFF_TOPIC: Sentence = "not what this assistant is for"
INJECTION: Sentence = "instructions that are not yours"

KINDS: dict[str, Sentence] = {
    "contains pii": PERSONAL,
    "moderation": UNWANTED,
    "jailbreak": JAILBREAK,
    "hallucination detection": UNFOUNDED,
    "nsfw text": NSFW,
    "url filter": ADDRESS,
    "custom prompt check": OFF_TOPIC,
    "prompt injection detection": INJECTION,
}
"""By the kind of guardrail, in small letters."""

TOLD_OF_BLOCK = "[A rule of this service stopped the answer here.]"
"""What the model is told."""


def blocked(
    kinds: Iterable[str], showing: Showing, thread_id: ThreadId, language: str
) -> ThreadItemDoneEvent:
    """Return the notice that guardrails of these kinds have stopped the workflow."""
    known = dict.fromkeys(KINDS[kind.lower()] for kind in kinds if kind.lower() in KINDS)
    reasons = ", ".join(translated(sentence, language) for sentence in known)
    content = (
        translated(REASONS, language, {"reasons": reasons}) if reasons else translated(BY_ITSELF, language)
    )
    return ThreadItemDoneEvent(
        item=TaskItem(
            id=showing.new_item_id("task"),
            thread_id=thread_id,
            created_at=datetime.now(UTC),
            task=CustomTask(title=translated(BLOCKED, language), icon="info", content=content),
        )
    )


def message(text: str, showing: Showing, thread_id: ThreadId) -> ThreadItemDoneEvent:
    """Return what a workflow has returned, as a message."""
    return ThreadItemDoneEvent(
        item=AssistantMessageItem(
            id=showing.new_item_id("message"),
            thread_id=thread_id,
            created_at=datetime.now(UTC),
            content=[AssistantMessageContent(text=text, annotations=[])],
        )
    )
