"""The file in the body of an upload, a multipart form or nothing but the bytes, passed on while it arrives.

Bounds what comes around the file; how long it may take is `arrival.py`'s. What becomes of the bytes is not
decided here.
"""

from contextlib import suppress
from typing import Protocol

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from app.errors import BadRequest, Malformed, PayloadTooLarge

FIELD = b"file"
MAX_AROUND = 100_000
"""Bytes of a form that are not the file's."""

MAX_FILE_NAME = 10_000


class Takes(Protocol):
    """Where the bytes of the file go."""

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes; raises to refuse the rest."""
        ...


def announced_size(request: Request, max_bytes: int) -> int:
    """Return how many bytes of a file a request may bring: as it announces, else as many as may be."""
    declared = request.headers.get("content-length", "")
    return min(int(declared), max_bytes) if declared.isdecimal() else max_bytes


async def read_file(request: Request, target: Takes, max_bytes: int) -> str | None:
    """Pass the file on to `target` and return its name; None where the body is nothing but the file.

    Raises `BadRequest` where there is no file, or the body breaks off.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes + MAX_AROUND:
        raise PayloadTooLarge("The file is too large: at most {limit:,} bytes.", limit=max_bytes)
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    try:
        if kind != b"multipart/form-data":
            async for chunk in request.stream():
                await target.write(chunk)
            return None
        return await _read_form(request, options.get(b"boundary", b""), target)
    except ClientDisconnect:
        raise BadRequest("The upload broke off.") from None


async def _read_form(request: Request, boundary: bytes, target: Takes) -> str:
    if not boundary:
        raise Malformed("The form has no boundary.")
    form = _Form()
    try:
        parser = MultipartParser(boundary, form.callbacks)  # type: ignore[arg-type]
        async for chunk in request.stream():
            parser.write(chunk)
            for piece in form.taken():
                await target.write(piece)
            if form.around > MAX_AROUND:
                raise Malformed("There is too much in this form besides the file.")
        parser.finalize()
    except (MultipartParseError, ValueError):
        raise Malformed("The form cannot be read.") from None
    if not form.is_over:
        raise BadRequest("The upload broke off.")
    if form.name is None:
        raise Malformed("The form has no file: it is expected in the field named file.")
    return form.name


class _Form:
    """What the parser says; keeps nothing of any part but the first file."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.around = 0
        self.is_over = False
        self._pieces: list[bytes] = []
        self._header = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._is_file = False
        self.callbacks = {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_end": self._ends,
        }

    def taken(self) -> list[bytes]:
        """Return what has come of the file since the last call."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def _part_begins(self) -> None:
        self._disposition, self._is_file = b"", False
        self.around += 100

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self.around += end - start

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self.around += end - start

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._disposition.decode("latin-1"))
        self._is_file = self.name is None and options.get(b"name") == FIELD
        if self._is_file:
            self.name = _text(options.get(b"filename", b""))[:MAX_FILE_NAME]

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._pieces.append(data[start:end])
        else:
            self.around += end - start

    def _ends(self) -> None:
        self.is_over = True


def _text(value: bytes) -> str:
    with suppress(UnicodeDecodeError):
        return value.decode()
    return value.decode("latin-1")
