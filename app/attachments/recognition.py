"""The type of a file, found out from its bytes.

A table of our own: the well-known recognisers take scripts that begin like an image for one, and miss HTML
behind blanks, while what matters here is little: which files are images that Pillow can read, which are
documents a model takes, which are text, and that nothing passes for something more harmless than it is. A
name only tells apart what is the same thing to a browser, like CSV from other text.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from app.attachments.names import extension

UNKNOWN = "application/octet-stream"
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Images that are looked into: they get a preview, models take them, and browsers show them safely."""

ENDS = 65_536
"""Bytes at either end of a file that are looked at."""

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_IN_ZIP = {
    b"word/document.xml": f"{_OFFICE}wordprocessingml.document",
    b"xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    b"ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
    **{
        f"mimetype{kind}".encode(): kind
        for kind in (f"{_OPEN}text", f"{_OPEN}spreadsheet", "application/epub+zip")
    },
}
_OLE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
_TEXTS = {"csv": "text/csv", "md": "text/markdown", "json": "application/json"}
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"avif": "image/avif"}
_BRANDS |= {b"M4A ": "audio/mp4", b"qt  ": "video/quicktime"}

DOCUMENTS = frozenset(
    {"application/pdf", *(kind for kind in _IN_ZIP.values() if "epub" not in kind), *_OLE.values()}
)
"""Types that models take as a document."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|script|iframe|object|embed|style|meta)\b", re.IGNORECASE
)
_SVG = re.compile(r"<(?:\w+:)?svg\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ends:
    """What is looked at of a file: its first and last bytes, and what it is called."""

    head: bytes
    tail: bytes
    name: str


def recognised(ends: Ends) -> str:
    """Return the media type that the bytes speak for; of an image it is only what it begins like."""
    for offset, magic, kind in _MAGIC:
        if ends.head[offset : offset + len(magic)] == magic:
            return kind if isinstance(kind, str) else kind(ends)
    if b"%PDF-" in ends.head[:1024]:
        return "application/pdf"
    return _text(ends)


def is_text(mime_type: str) -> bool:
    """Say whether a recognised type is one whose bytes can be read as text."""
    return mime_type.startswith("text/") or mime_type in (
        "application/json",
        "application/xml",
        "image/svg+xml",
    )


def decoded(data: bytes) -> str:
    """Return the text in the bytes of a text file, whatever is wrong with them."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def _riff(ends: Ends) -> str:
    return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(ends.head[8:12], UNKNOWN)


def _iso_media(ends: Ends) -> str:
    return _BRANDS.get(ends.head[8:12], "video/mp4")


def _zip(ends: Ends) -> str:
    for part, kind in _IN_ZIP.items():
        if part in ends.head or part in ends.tail:
            return kind
    return "application/zip"


def _ole(ends: Ends) -> str:
    return _OLE.get(extension(ends.name), UNKNOWN)


def _text(ends: Ends) -> str:
    try:
        text = _strictly(ends.head)
    except UnicodeDecodeError:
        return UNKNOWN
    if _CONTROL.search(text):
        return UNKNOWN
    beginning = text.lstrip()[:4096]
    if _SVG.search(beginning):
        return "image/svg+xml"
    if _HTML.search(beginning):
        return "text/html"
    if beginning.startswith("<?xml"):
        return "application/xml"
    return _TEXTS.get(extension(ends.name), "text/plain")


def _strictly(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return codecs.getincrementaldecoder(encoding)().decode(head[len(mark) :])
    return codecs.getincrementaldecoder("utf-8")().decode(head)


_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_MAGIC: tuple[tuple[int, bytes, str | Callable[[Ends], str]], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"RIFF", _riff),
    (4, b"ftyp", _iso_media),
    (0, b"PK\x03\x04", _zip),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _ole),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"\x1f\x8b", "application/gzip"),
)
