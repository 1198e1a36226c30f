"""Files that are known by name only: what a message says of them, and that no model is sent them."""

from chatkit.types import Attachment, FileAttachment

from app.languages import Sentence, translated

NOT_AVAILABLE: Sentence = "{name} (not available after the move)"
_MARK = "unavailable"


def unavailable(attachment_id: str, name: str, mime_type: str, reason: str) -> FileAttachment:
    """Return a file whose bytes are not to be had; `reason` is for who runs the server."""
    return FileAttachment(id=attachment_id, name=name, mime_type=mime_type, metadata={_MARK: reason})


def is_unavailable(attachment: Attachment) -> bool:
    """Say whether it is such a file."""
    return _MARK in (attachment.metadata or {})


def named_as_such(attachment: Attachment, language: str) -> Attachment:
    """Return it with a name that says so to a reader."""
    name = translated(NOT_AVAILABLE, language, {"name": attachment.name})
    return attachment.model_copy(update={"name": name})
