"""Ask the API, with GET requests only, what a file cannot tell: whether its ids exist, when models end."""

import os
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from app.agent_builder.check.findings import Finding
from app.workflows.reading.source import UnusableFile

_ID = re.compile(r"""["'](?P<id>(?:vs_|file[-_]|cntr_)[A-Za-z0-9_-]{3,})["'](?!\s*:)""")
_NO_IDS = {
    f"file_{word}"
    for word in ("search", "search_call", "citation", "path", "url", "data", "id", "ids", "name")
}
_KINDS = {"vs_": "vector store", "file-": "file", "file_": "file", "cntr_": "container"}


def named_ids(text: str) -> dict[str, int]:
    """The ids of vector stores, files and containers in a source text, with their first lines."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for match in _ID.finditer(line):
            if match["id"] not in _NO_IDS:
                found.setdefault(match["id"], number)
    return found


class Online:
    """What the project of OPENAI_API_KEY knows; raises `UnusableFile` if it cannot be asked."""

    def __init__(self) -> None:
        if not os.environ.get("OPENAI_API_KEY"):
            raise UnusableFile("--online needs OPENAI_API_KEY: a key of the project the workflow belongs to.")
        try:
            import openai
        except ImportError:
            raise UnusableFile("--online needs the openai package: pip install openai") from None
        self._errors = openai
        self._client = openai.OpenAI(timeout=30, max_retries=3)

    def missing(self, text: str) -> Iterator[Finding]:
        """A finding for each id in the text that does not exist for this key."""
        for identifier, line in named_ids(text).items():
            kind = next(name for prefix, name in _KINDS.items() if identifier.startswith(prefix))
            try:
                self._retrieve(kind, identifier)
            except self._errors.NotFoundError:
                advice = "Use a key of its project, or make a new one and change the id."
                yield Finding(
                    "id-missing", line, f"the {kind} {identifier} does not exist for this key", advice
                )
            except self._errors.APIError as error:
                raise UnusableFile(
                    f"OpenAI could not be asked about {identifier}: {type(error).__name__}."
                ) from None

    def ends(self) -> dict[str, date]:
        """The day each model ends, where the API announces one."""
        try:
            models: list[Any] = list(self._client.models.list())
        except self._errors.APIError as error:
            raise UnusableFile(f"OpenAI could not be asked for its models: {type(error).__name__}.") from None
        found: dict[str, date] = {}
        for model in models:
            day = getattr(model, "shutdown_date", None)
            if isinstance(day, str):
                found[model.id] = date.fromisoformat(day[:10])
        return found

    def _retrieve(self, kind: str, identifier: str) -> None:
        if kind == "vector store":
            self._client.vector_stores.retrieve(identifier)
        elif kind == "file":
            self._client.files.retrieve(identifier)
        else:
            self._client.containers.retrieve(identifier)
