"""Files in what a model is sent: a reference in its memory, the bytes when it is called.

A reference has the form of the part it stands for, so that everything between treats it as one. What cannot
be had any more, or is too much, becomes a sentence: no file ever makes a conversation unusable.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit.types import Attachment

from app.attachments import rows
from app.attachments.blobs import Blobs
from app.attachments.images import media_type
from app.attachments.recognition import DOCUMENTS, IMAGES, decoded, is_text
from app.attachments.rows import FileRow
from app.attachments.unavailable import is_unavailable
from app.db.engine import Database
from app.errors import NotFound
from app.ids import UserId
from app.transcripts.portable import FILE_SCHEME
from app.transcripts.shortening import shortened_text

MAX_TEXT = 40_000
"""Characters of a text file that a model is sent."""

MAX_BYTES = 20_000_000
"""Bytes of files in one run, the newest first; providers refuse requests that are much larger."""

BYTES_PER_TOKEN = 4
_PLACES = {"input_image": "image_url", "input_file": "file_data"}

Part = dict[str, Any]


def reference(attachment: Attachment) -> Part | None:
    """Return the part of a message that stands for a file; None where no model takes it, or without bytes."""
    if is_unavailable(attachment):
        return None
    address = f"{FILE_SCHEME}{attachment.id}"
    if attachment.mime_type in IMAGES:
        return {"type": "input_image", "image_url": address, "detail": "auto", "filename": attachment.name}
    if attachment.mime_type in DOCUMENTS:
        return {"type": "input_file", "file_data": address, "filename": attachment.name}
    if is_text(attachment.mime_type):
        size = (attachment.metadata or {}).get("size", MAX_TEXT)
        tokens = min(size, MAX_TEXT) // BYTES_PER_TOKEN
        return {"type": "input_file", "file_data": address, "filename": attachment.name, "tokens": tokens}
    return None


def without_files(items: Iterable[Any]) -> list[Any]:
    """Return model input without the files in it; what is said about them stays."""
    return [
        {**item, where: [part for part in item[where] if _referred(part) is None]}
        if (where := _place_of_parts(item))
        else item
        for item in items
    ]


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Made once. `images` and `documents` say whether the model takes them; it always takes text."""

    database: Database
    blobs: Blobs
    images: bool
    documents: bool

    def for_run(self, user_id: UserId) -> "RunFiles":
        """Return the files of a user for one run."""
        return RunFiles(self, user_id)

    async def part(self, reference: Part, file: FileRow | None, room: int) -> tuple[Part, int]:
        """Return what stands for a reference, and how many bytes it takes."""
        name = " ".join(str(reference.get("filename", "")).split())
        if file is None or not file.is_stored:
            return _sentence(f"[The file {name} is not available any more.]"), 0
        is_image = reference["type"] == "input_image"
        if not (self.images if is_image else self.documents or is_text(file.mime_type)):
            return _sentence(f"[The content of the file {name} cannot be shown to you.]"), 0
        too_much = _sentence(f"[The file {name} is left out: the files are too large together.]")
        if _least(file) > room:
            return too_much, 0
        try:
            data = await self.blobs.read(file.key_of("model" if "model" in file.renditions else ""))
        except NotFound:
            return _sentence(f"[The file {name} is not available any more.]"), 0
        made = _filled(reference, file, data)
        cost = MAX_TEXT if is_text(file.mime_type) else len(data)
        return (made, cost) if cost <= room else (too_much, 0)


class RunFiles:
    """What one run, of one call of the model or many, is sent of files: each is read once."""

    def __init__(self, files: ModelFiles, user_id: UserId) -> None:
        self._files = files
        self._user_id = user_id
        self._made: dict[str, tuple[Part, int]] = {}

    async def resolved(self, items: Sequence[Any]) -> list[Any]:
        """Return model input with the files in place of their references."""
        ids = [referred for part in _parts(items) if (referred := _referred(part)) is not None]
        if not ids:
            return list(items)
        unknown = [referred for referred in ids if referred not in self._made]
        found = await rows.find_all(self._files.database, self._user_id, unknown) if unknown else {}
        room = MAX_BYTES - sum(cost for _, cost in self._made.values())
        for part in reversed(list(_parts(items))):
            if (referred := _referred(part)) is None or referred in self._made:
                continue
            made, cost = await self._files.part(part, found.get(referred), room)
            self._made[referred] = made, cost
            room -= cost
        return [self._with_files(item) for item in items]

    def _with_files(self, item: Any) -> Any:
        if not (where := _place_of_parts(item)):
            return item
        parts = (
            self._made[referred][0] if (referred := _referred(part)) is not None else part
            for part in item[where]
        )
        return {**item, where: list(parts)}


def _least(file: FileRow) -> int:
    """Return how many bytes a file takes at least; of a scaled image it is known when it is read."""
    if is_text(file.mime_type):
        return MAX_TEXT
    return 0 if "model" in file.renditions else file.size


def _filled(reference: Part, file: FileRow, data: bytes) -> Part:
    if is_text(file.mime_type):
        # Its id was not known when it was written, so no file can pretend to end here.
        text = shortened_text(decoded(data).replace("\x00", ""), MAX_TEXT)
        mark = f"of the file {file.name}, {file.id}]"
        return _sentence(f"[Beginning {mark}\n{text}\n[End {mark}")
    encoded = base64.b64encode(data).decode()
    if reference["type"] == "input_image":
        kind = media_type(data) if "model" in file.renditions else file.mime_type
        return {"type": "input_image", "image_url": f"data:{kind};base64,{encoded}", "detail": "auto"}
    return {
        "type": "input_file",
        "filename": file.name,
        "file_data": f"data:{file.mime_type};base64,{encoded}",
    }


def _sentence(text: str) -> Part:
    return {"type": "input_text", "text": text}


def _parts(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        if where := _place_of_parts(item):
            yield from item[where]


def _place_of_parts(item: Any) -> str:
    """Return the field of an item that holds parts: of what the user said, or a tool has returned."""
    match item:
        case {"role": "user", "content": list()}:
            return "content"
        case {"type": "function_call_output", "output": list()}:
            return "output"
        case _:
            return ""


def _referred(part: Any) -> str | None:
    """Return the id of the file that a part stands for."""
    place = _PLACES.get(str(part.get("type"))) if isinstance(part, Mapping) else None
    address = part.get(place) if place else None
    return (
        address.removeprefix(FILE_SCHEME)
        if isinstance(address, str) and address.startswith(FILE_SCHEME)
        else None
    )
