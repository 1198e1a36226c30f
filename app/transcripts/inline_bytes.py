"""Images, files and sound that stand in an item by their bytes, which have no place in a row of a database.

What the model draws and what users send are files of this server by the time they are remembered. What a tool
returns is not: the model has it for the rest of its run, and afterwards knows that it was there.
"""

from collections.abc import Mapping
from typing import Any

from app.transcripts.portable import FILE_SCHEME, IMAGE_CALL

NOT_KEPT = "[Here the tool returned {what}. It was not kept.]"


def without_bytes(value: Any) -> Any:
    """Return a JSON value without the bytes in it: a sentence stands for each part that is nothing else.

    Recurses as deep as the value is.
    """
    match value:
        case Mapping():
            if (what := _held(value)) is not None:
                # The Agents SDK's own form of what a tool has returned, or that of the Responses API.
                kind = "input_text" if value["type"].startswith("input_") else "text"
                return {"type": kind, "text": NOT_KEPT.format(what=what)}
            plain = {key: without_bytes(part) for key, part in value.items()}
            return (
                plain | {"result": None} if plain.get("type") == IMAGE_CALL and "result" in plain else plain
            )
        case list() | tuple():
            return [without_bytes(part) for part in value]
        case _:
            return value


def _held(part: Mapping[str, Any]) -> str | None:
    match part:
        case {"type": "input_image" | "image", "image_url": str(address)} if address.startswith("data:"):
            return "an image"
        case {"type": "input_file" | "file", "file_data": str(data)} if not data.startswith(FILE_SCHEME):
            return "a file"
        case {"type": "input_audio", "input_audio": {"data": str()}}:
            return "sound"
        case _:
            return None
