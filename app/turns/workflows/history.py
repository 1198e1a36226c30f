"""The list that an export keeps the conversation in: what goes into its first value, and what is left of it.

The export may extend, mask or empty the list as it likes. What lies beyond the part that was there before is
what this message has added to the conversation.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, cast

from agents import TResponseInputItem
from pydantic import BaseModel

from app.transcripts import storable

Part = dict[str, Any]


class ConversationList:
    """Made once per run of a workflow, of what the model remembers and what the user says now."""

    def __init__(self, prior: Sequence[TResponseInputItem], message: Sequence[TResponseInputItem]) -> None:
        # Copies: masking changes items where they are, and these belong to the transcript.
        self._prior = copy.deepcopy(list(prior))
        self._message = copy.deepcopy(list(message))
        self._handed_out: list[TResponseInputItem] | None = None

    def begin(self, first: Sequence[TResponseInputItem]) -> list[TResponseInputItem]:
        """Return the list that the export goes on with; `first` is the message as it words it."""
        said: list[Any] = [dict(item) for item in first] or self._message
        self._add_files(said)
        self._handed_out = cast("list[TResponseInputItem]", [*self._prior, *said])
        return self._handed_out

    @property
    def was_begun(self) -> bool:
        """Whether the export has a list at all."""
        return self._handed_out is not None

    def added(self) -> list[TResponseInputItem]:
        """Return what stands in the list beyond the prior part, the user's message in any case."""
        if self._handed_out is None:
            return list(self._message)
        # Whatever its type says, an export may put anything into it.
        items: list[Any] = list(self._handed_out)
        known = {id(item) for item in self._prior}
        beyond = [item for item in items if id(item) not in known]
        if len(beyond) != len(items) - len(self._prior) and len(items) >= len(self._prior):
            # Some of the prior part were replaced where they stood, as masking may do.
            beyond = items[len(self._prior) :]
        kept = [item for item in beyond if isinstance(item, Mapping | BaseModel)]
        made = cast("list[TResponseInputItem]", [storable(item) for item in kept])
        if not any(item.get("role") == "user" for item in made):
            return [*self._message, *made]
        return made

    def _add_files(self, said: list[Any]) -> None:
        """Put the files of the message into what the export says the user has said."""
        files = [part for item in self._message for part in _files_in(item)]
        if not files:
            return
        for item in reversed(said):
            if isinstance(item, dict) and item.get("role") == "user":
                content = item.get("content")
                text = [{"type": "input_text", "text": content}] if isinstance(content, str) else content
                item["content"] = [*(text or ()), *files]
                return
        said.append({"role": "user", "content": files})


def text_of(message: Sequence[TResponseInputItem]) -> str:
    """Return the text of a message, files aside: what an export gets as `input_as_text`."""
    texts: list[str] = []
    for item in message:
        content = item.get("content")
        if isinstance(content, str):
            texts.append(content)
        elif isinstance(content, list):
            texts += [str(part["text"]) for part in content if isinstance(part, dict) and "text" in part]
    return "\n\n".join(texts)


def _files_in(item: TResponseInputItem) -> list[Part]:
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    return [dict(part) for part in parts if isinstance(part, dict) and part.get("type") != "input_text"]
