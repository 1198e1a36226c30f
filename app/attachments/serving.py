"""How a file is served, by us or by an object storage: what it is called, and whether it is shown."""

from dataclasses import dataclass
from urllib.parse import quote

from app.attachments.recognition import IMAGES, UNKNOWN


@dataclass(frozen=True, slots=True)
class Served:
    """The headers that tell a browser what to do with a file."""

    media_type: str
    disposition: str


def served(mime_type: str, name: str) -> Served:
    """Say how a file is served: an image is shown where it is asked for, anything else is saved."""
    is_shown = mime_type in IMAGES
    kind = "inline" if is_shown else "attachment"
    return Served(mime_type if is_shown else UNKNOWN, disposition(kind, name))


def disposition(kind: str, name: str) -> str:
    """Return a `Content-Disposition` after RFC 6266: the name for old readers, and the whole of it."""
    plain = "".join(
        character if " " <= character <= "~" and character not in '"\\%' else "_" for character in name
    )
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
