"""Built files as responses: compressed once, named by their content, and not sent to who has them already.

For files that are the same for everybody: nothing made for one user, and no stream, is ever compressed.
"""

import asyncio
import gzip
import hashlib
import mimetypes
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from app.errors import NotFound

SMALLEST = 1_000
"""Bytes below which compressing saves no packet."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form in which a file is sent."""

    content: bytes
    etag: str
    encoding: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file in each form in which it is sent."""

    media_type: str
    vary: Mapping[str, str]
    plain: Form
    compressed: Form

    def response(self, request: Request, headers: Mapping[str, str]) -> Response:
        """Return the file in a form that the browser reads, or that it has it already."""
        form = self.compressed if _reads_gzip(request) else self.plain
        headers = {"etag": form.etag, **self.vary, **headers}
        if _has_it(request, form.etag):
            return Response(status_code=304, headers=headers)
        return Response(form.content, headers={**headers, **form.encoding}, media_type=self.media_type)


def prepared(content: bytes, media_type: str) -> Prepared:
    """Return a file ready to be sent."""
    digest = hashlib.blake2s(content, digest_size=16).hexdigest()
    plain = Form(content, f'"{digest}"', {})
    if len(content) < SMALLEST:
        return Prepared(media_type, {}, plain, plain)
    packed = Form(gzip.compress(content, mtime=0), f'"{digest}-gzip"', {"content-encoding": "gzip"})
    return Prepared(media_type, {"vary": "Accept-Encoding"}, plain, packed)


class BuiltFiles:
    """The files of one folder, kept in memory; one that was built anew is read anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, tuple[tuple[int, int], Prepared]] = {}
        """Each as it was last found: when it was written and its size, and what there was."""

    async def response(self, name: str, request: Request, headers: Mapping[str, str]) -> Response:
        """Return the file `name` of the folder; raise `NotFound` if there is none."""
        file = await asyncio.to_thread(self._current, name)
        return file.response(request, headers)

    def _current(self, name: str) -> Prepared:
        path = self._folder / name
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            status = None
        if status is None or not stat.S_ISREG(status.st_mode) or path.name != name:
            raise NotFound("This file does not exist.")
        found = (status.st_mtime_ns, status.st_size)
        if name not in self._files or self._files[name][0] != found:
            self._files[name] = found, prepared(path.read_bytes(), _media_type(path))
        return self._files[name][1]


def _media_type(path: Path) -> str:
    # TypeScript, which some take for a kind of video.
    known = "text/plain" if path.suffix == ".ts" else mimetypes.guess_type(path.name)[0]
    return known or "application/octet-stream"


def _reads_gzip(request: Request) -> bool:
    accepted = {}
    for part in ",".join(request.headers.getlist("accept-encoding")).split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        accepted[name] = not any(_is_zero(parameter) for parameter in parameters)
    return accepted.get("gzip", accepted.get("*", False))


def _is_zero(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and not value.strip(" 0.")


def _has_it(request: Request, etag: str) -> bool:
    known = ",".join(request.headers.getlist("if-none-match")).split(",")
    return any(tag.strip().removeprefix("W/") in (etag, "*") for tag in known)
