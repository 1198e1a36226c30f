"""What the server itself knows of the things that a message mentions, asked of the integrator by id.

Whatever goes wrong costs a tag its text and nothing else: it is then just its name.
"""

import asyncio
import logging
from collections.abc import Mapping

from chatkit.types import UserMessageItem, UserMessageTagContent

from app.assistant.assistant import Assistant, TagResolver
from app.assistant.callbacks import ask
from app.context import RequestContext

logger = logging.getLogger(__name__)

TAG_SECONDS = 5.0
"""How long all tags of a message may take together; they are asked for at the same time."""

MAX_TAGS = 20
"""How many tags of a message are asked for; the others are just their names."""

MAX_TAG_TEXT = 10_000
"""Characters of one tag's text."""


async def tag_texts(
    assistant: Assistant, message: UserMessageItem, context: RequestContext
) -> Mapping[str, str]:
    """Return the texts to the tags of a message, by id. Never raises, and never takes long."""
    ids = list({part.id: None for part in message.content if isinstance(part, UserMessageTagContent)})
    resolver = assistant.tags
    if resolver is None or not ids:
        return {}
    if len(ids) > MAX_TAGS:
        logger.warning("a message has too many tags; some stay plain text", extra={"tags": len(ids)})
    texts = await asyncio.gather(*(_text(resolver, tag_id, context) for tag_id in ids[:MAX_TAGS]))
    return {tag_id: text for tag_id, text in zip(ids, texts, strict=False) if text}


async def _text(resolver: TagResolver, tag_id: str, context: RequestContext) -> str:
    try:
        text = await ask(resolver, tag_id, context, seconds=TAG_SECONDS)
        return text[:MAX_TAG_TEXT] if text is not None else ""
    except Exception as error:
        logger.warning("a tag could not be resolved", extra={"reason": type(error).__name__})
        return ""
