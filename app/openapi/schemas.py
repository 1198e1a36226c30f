"""What is sent and answered, as schemas of the types that requests are read and answers are written with.

Their texts are bounded besides, and what a thread or a server allows at a time is no matter of a type.
"""

from typing import Any

from chatkit.types import (
    Attachment,
    ChatKitReq,
    Page,
    SyncCustomActionResponse,
    Thread,
    ThreadItem,
    ThreadStreamEvent,
    TranscriptionResult,
)
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaWarningKind

from app.hosted_api.session_request import SessionBody
from app.openapi.operations import Json, reference
from app.openapi.refusals import HOSTED, PROTOCOL

_ITEM_PAGE = "ItemPage"
_ACTION = "Action_str_Any_"


class _Schemas(GenerateJsonSchema):
    """As pydantic writes them, without a title for each field, and with names that can be read."""

    # The SDK's action has its own type variable for a default.
    ignored_warning_kinds: set[JsonSchemaWarningKind] = {"non-serializable-default"}  # noqa: RUF012

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def normalize_name(self, name: str) -> str:
        # Pydantic would write out all that may be in it.
        return _ITEM_PAGE if name.startswith("Page[Annotated") else super().normalize_name(name)


def schemas() -> dict[str, Json]:
    """Return them by name."""
    # The SDK's types are large, and the server itself needs none of these.
    from openai.types.beta.chatkit import ChatKitThread, ChatSession, ThreadDeleteResponse
    from openai.types.beta.chatkit.chatkit_thread_item_list import Data

    protocol = _of(
        PROTOCOL,
        ChatKitReq=ChatKitReq,
        ThreadStreamEvent=ThreadStreamEvent,
        Attachment=Attachment,
        Answer=Thread
        | Page[Thread]
        | Page[ThreadItem]
        | Attachment
        | TranscriptionResult
        | SyncCustomActionResponse,
    )
    # The SDK has a default that is none; the server asks for a type.
    protocol[_ACTION]["required"] = ["type"]
    answers = protocol["Answer"]["anyOf"]
    nothing = {"type": "object", "maxProperties": 0, "description": "Done."}
    protocol["Answer"] = {"anyOf": [*answers, nothing]}
    hosted = _of(
        HOSTED,
        Session=ChatSession,
        Deleted=ThreadDeleteResponse,
        Thread=ChatKitThread,
        Item=Data,
        Body=SessionBody,
    )
    return {**protocol, **hosted}


def _of(prefix: str, **types: Any) -> dict[str, Json]:
    """Return the schemas of types, and those of what they are made of, each by its prefixed name."""
    template = str(reference("schemas", prefix + "{model}")["$ref"])
    mode: JsonSchemaMode = "validation"
    adapters = [(name, mode, TypeAdapter(kind)) for name, kind in types.items()]
    made, parts = TypeAdapter.json_schemas(adapters, ref_template=template, schema_generator=_Schemas)
    named = {prefix + name: schema for name, schema in parts.get("$defs", {}).items()}
    whole = {prefix + name: schema for (name, _), schema in made.items() if "$ref" not in schema}
    return {**named, **whole}
