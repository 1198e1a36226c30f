"""What a session may be asked for: the body of `POST /v1/chatkit/sessions`, every bound and every default.

A field that is left out, or null, has its default. One that is not known is refused rather than ignored: a
limit that its caller counts on must not be dropped in silence.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError, from_json

from app.auth.session_rows import MEGABYTE
from app.context import FileTerms, SessionTerms
from app.hosted_api.refusals import InvalidRequest, above_maximum, refusal_of, wrong_type
from app.ids import UserId, new_id
from app.threads.characters import MAX_ID_BYTES, storable_text

DEFAULT_SECONDS = 600
MAX_VARIABLES = 64
MAX_VARIABLE_NAME = 64
MAX_VARIABLE_TEXT = 10_485_760
MAX_FILE_MEGABYTES = 512
MAX_BODY_BYTES = 16_000_000
"""One variable may be as long as it may be; all of them together are bounded by this."""
_MAX_NUMBER = 2**31 - 1

State = str | int | float | bool


def _name(value: str) -> str:
    if value != storable_text(value):
        raise PydanticCustomError("characters", "a string without NUL characters is expected")
    if len(value.encode()) > MAX_ID_BYTES:
        raise PydanticCustomError("size", f"a string of at most {MAX_ID_BYTES} bytes is expected")
    return value


def _primitive(value: Any) -> State:
    match value:
        case str() if len(value) > MAX_VARIABLE_TEXT:
            raise PydanticCustomError("string_too_long", "too long", {"max_length": MAX_VARIABLE_TEXT})
        case str():
            return storable_text(value)
        case float() if not math.isfinite(value):
            raise PydanticCustomError("finite", "a finite number is expected")
        case bool() | int() | float():
            return value
        case _:
            raise PydanticCustomError("primitive", "a string, a number or a boolean is expected")


Name = Annotated[str, Field(min_length=1), AfterValidator(_name)]
Count = Annotated[int, Field(ge=1, le=_MAX_NUMBER)]
VariableName = Annotated[str, Field(max_length=MAX_VARIABLE_NAME), AfterValidator(_name)]
Variables = Annotated[
    dict[VariableName, Annotated[State, PlainValidator(_primitive)]], Field(max_length=MAX_VARIABLES)
]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Switch(_Part):
    """Something that is on or off."""

    enabled: bool | None = None


class Workflow(_Part):
    """What answers."""

    id: Name
    version: Name | None = None
    state_variables: Variables | None = None
    tracing: Switch | None = None


class FileUpload(Switch):
    """Which files may be sent."""

    max_file_size: Annotated[int, Field(ge=1, le=MAX_FILE_MEGABYTES)] | None = None
    max_files: Count | None = None


class History(Switch):
    """Which earlier threads may be read."""

    recent_threads: Count | None = None


class Configuration(_Part):
    """How the chat behaves."""

    automatic_thread_titling: Switch | None = None
    file_upload: FileUpload | None = None
    history: History | None = None


class ExpiresAfter(_Part):
    """How long the secret is good."""

    anchor: Literal["created_at"]
    seconds: Count


class RateLimits(_Part):
    """How much may be asked."""

    max_requests_per_1_minute: Count | None = None


class SessionBody(_Part):
    """The whole of it."""

    user: Name
    workflow: Workflow
    chatkit_configuration: Configuration | None = None
    expires_after: ExpiresAfter | None = None
    rate_limits: RateLimits | None = None


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """A session that is asked for, all defaults resolved."""

    user_id: UserId
    terms: SessionTerms
    life: timedelta


def read_session_request(body: bytes, max_seconds: int) -> SessionRequest:
    """Return what a body asks for; raise `InvalidRequest` for one that is out of bounds.

    `max_seconds` is how long a session may live at most.
    """
    asked = _parsed(body)
    seconds = min(DEFAULT_SECONDS, max_seconds)
    if asked.expires_after is not None:
        seconds = asked.expires_after.seconds
    if seconds > max_seconds:
        raise above_maximum("expires_after.seconds", max_seconds, seconds)
    return SessionRequest(UserId(asked.user), _terms(asked), timedelta(seconds=seconds))


def _parsed(body: bytes) -> SessionBody:
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidRequest(f"We could not parse the JSON body of your request: {error}.") from None
    if not isinstance(raw, Mapping):
        raise wrong_type("body", "an object", raw)
    try:
        return SessionBody.model_validate(raw)
    except ValidationError as error:
        raise refusal_of(error) from None


def _terms(asked: SessionBody) -> SessionTerms:
    workflow = asked.workflow
    configuration = asked.chatkit_configuration or Configuration()
    files = configuration.file_upload or FileUpload()
    history = configuration.history or History()
    limits = asked.rate_limits or RateLimits()
    default = SessionTerms(new_id("cksess"), workflow.id, workflow.version)
    return SessionTerms(
        id=default.id,
        workflow_id=workflow.id,
        workflow_version=workflow.version,
        state_variables=workflow.state_variables or {},
        tracing=_is_on(workflow.tracing, default.tracing),
        titles=_is_on(configuration.automatic_thread_titling, default.titles),
        files=FileTerms(
            _is_on(files, default.files.enabled),
            default.files.max_bytes if files.max_file_size is None else files.max_file_size * MEGABYTE,
            files.max_files or default.files.max_files,
        ),
        history=_is_on(history, default.history),
        recent_threads=history.recent_threads,
        requests_per_minute=limits.max_requests_per_1_minute or default.requests_per_minute,
    )


def _is_on(switch: Switch | None, default: bool) -> bool:
    return default if switch is None or switch.enabled is None else switch.enabled
