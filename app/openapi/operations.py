"""What is said of a route, and the words of OpenAPI to say it in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Json = dict[str, Any]


class Caller(Enum):
    """Who may ask, as the credentials of which one has to be there."""

    ANYBODY = frozenset[str]()
    USER = frozenset({"user", "guest", ""})
    """The empty one is a guest who has no cookie yet, or a user of whom a proxy speaks."""
    SESSION = frozenset({"user"})
    BACK_END = frozenset({"serverKey"})


@dataclass(frozen=True, slots=True)
class Operation:
    """A route, for methods that do the same; its name is what generated clients call it."""

    methods: tuple[str, ...]
    path: str
    name: str
    summary: str
    answers: Mapping[str, Json]
    """Responses by status, those of refusals among them."""
    caller: Caller = Caller.ANYBODY
    parameters: tuple[Json, ...] = ()
    """Those of the query and the head; places in the path are taken from it."""
    content: Json = field(default_factory=dict)
    """The body's content, by media type; empty for none."""

    def described(self) -> dict[str, Json]:
        """Return OpenAPI's operation object by method."""
        first, *others = self.methods
        named = {first: self.name, **{method: f"{self.name}{method.title()}" for method in others}}
        return {method: self._described(name) for method, name in named.items()}

    def _described(self, name: str) -> Json:
        places = [parameter("path", name) for name in re.findall(r"\{(\w+)\}", self.path)]
        described: Json = {
            "operationId": name,
            "summary": self.summary,
            "security": [{scheme: []} if scheme else {} for scheme in sorted(self.caller.value)],
            "parameters": [*places, *self.parameters],
            "responses": dict(sorted(self.answers.items())),
        }
        if self.content:
            described["requestBody"] = {"required": True, "content": self.content}
        return described


def parameter(where: str, name: str, schema: Json | None = None, description: str = "") -> Json:
    """Return a parameter; one in the path is there, any other may be left out."""
    made: Json = {"name": name, "in": where, "schema": schema or {"type": "string"}}
    if where == "path":
        made["required"] = True
    return made | ({"description": description} if description else {})


def reference(part: str, name: str) -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{part}/{name}"}


def json_content(schema: Json) -> Json:
    """Return content in JSON."""
    return {"application/json": {"schema": schema}}


def event_content(schema: Json) -> Json:
    """Return a stream of events in JSON, of which OpenAPI before 3.2 describes one."""
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}
    fields = {"data": data, "id": {"type": "string"}}
    return {"text/event-stream": {"schema": {"type": "object", "properties": fields, "required": ["data"]}}}


def bytes_content(*media_types: str) -> Json:
    """Return content that is looked at by nothing but its media type."""
    return {media_type: {} for media_type in media_types}


def response(description: str, content: Json | None = None, *headers: str) -> Json:
    """Return a response with headers that `document.py` has by name."""
    made: Json = {"description": description}
    if content:
        made["content"] = content
    if headers:
        made["headers"] = {name: reference("headers", name.replace("-", "")) for name in headers}
    return made
