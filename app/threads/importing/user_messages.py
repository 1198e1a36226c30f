"""`chatkit.user_message`: texts, quotations, files, and what was chosen in the composer."""

from collections.abc import Sequence

from chatkit.types import (
    Attachment,
    InferenceOptions,
    ToolChoice,
    UserMessageContent,
    UserMessageItem,
    UserMessageTextContent,
)

from app.threads.importing.hosted import Raw, note_unknown, parts_of, text_of
from app.threads.importing.places import Place


def user_message(
    raw: Raw, place: Place, attachments: Sequence[Attachment], losses: list[str]
) -> UserMessageItem:
    """Return the message; quotations among its parts become its one quotation."""
    content: list[UserMessageContent] = []
    quoted: list[str] = []
    for part in parts_of(raw.get("content")):
        match part:
            case {"type": "quoted_text", "text": str(text)}:
                quoted.append(text)
            case {"type": "input_text", "text": str(text)} | str(text):
                content.append(UserMessageTextContent(text=text))
            case {"text": str(text)}:
                losses.append("user message: part of an unknown type, shown as text")
                content.append(UserMessageTextContent(text=text))
            case _:
                losses.append("user message: part of an unknown type, without text")
    note_unknown(raw, ("content", "attachments", "inference_options"), losses, "user message")
    return UserMessageItem(
        **place.fields,
        content=content,
        attachments=list(attachments),
        quoted_text="\n".join(quoted) or None,
        inference_options=_options(raw.get("inference_options"), losses),
    )


def _options(raw: object, losses: list[str]) -> InferenceOptions:
    if raw is None:
        return InferenceOptions()
    if not isinstance(raw, dict):
        losses.append("user message: choices of the composer that cannot be read")
        return InferenceOptions()
    tool = raw.get("tool_choice")
    tool_id = text_of(tool, "id") if isinstance(tool, dict) else tool if isinstance(tool, str) else None
    note_unknown(raw, ("model", "tool_choice"), losses, "choices of the composer")
    return InferenceOptions(
        model=text_of(raw, "model"), tool_choice=None if tool_id is None else ToolChoice(id=tool_id)
    )
