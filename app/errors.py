"""The one error family.

    ChatKitServerError          anything we refuse or fail at, with a sentence that is safe to show
    ├── BadRequest              400  out of bounds, or not possible here
    │   ├── Malformed           400  nothing that a well-behaved client sends; in English, for its developer
    │   └── NotEnabled          400  the operation exists but this server does not offer it
    ├── Unauthorized            401  no principal
    ├── Forbidden               403  a principal, or an origin, that may not do this
    ├── NotFound                404  does not exist, or is not yours: the same answer
    ├── Conflict                409  not now: a turn is running, the thread is locked
    │   ├── ActionRefused       409  the assistant's own handler says no, in its own words
    │   └── QuotaExceeded       409  the user keeps as much as they may
    ├── RequestTimeout          408  retryable: the request did not arrive in time
    ├── PayloadTooLarge         413
    ├── HeadersTooLarge         431
    ├── ActionFailed            500  the assistant's own handler of an action has failed
    ├── RateLimited             429  retryable
    ├── Unavailable             503  retryable: the database or another part is down
    └── StorageFull             507  retryable: no room for files
    ConfigurationError          a setting, file or machine that stops the start; printed, never sent

Answered over HTTP by `app/chatkit_api/answers.py`, on a stream by `app/turns/failures.py`, in the language of
the request: all sentences but those of `Malformed` are translated in `app/languages/catalogues`.
"""

from typing import ClassVar

from app.languages import Sentence


class ChatKitServerError(Exception):
    """A failure with a stable `code`, an HTTP `status`, and a `message` that is safe to show to anyone."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    usual_retry_after: ClassVar[int | None] = None
    param: str | None = None
    """The field of a request to the hosted API's routes that is wrong, said in answers below `/v1/`."""

    def __init__(self, message: Sentence, *, retry_after: int | None = None, **values: object) -> None:
        """`values` fill the `{places}` of `message`, which is written out where it is raised."""
        self.message = message.format(**values) if values else message
        super().__init__(self.message)
        self.sentence, self.values = message, values
        self.retry_after = retry_after or self.usual_retry_after
        """Seconds after which a repeat makes sense; sent as `Retry-After`."""


class BadRequest(ChatKitServerError):
    """The request is out of bounds, or asks for what is not possible."""

    code = "bad_request"
    status = 400


class Malformed(BadRequest):
    """The request is none that a well-behaved client sends. Its developer reads the message, in English."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message, retry_after=None, **values)


class NotEnabled(BadRequest):
    """The operation is part of the protocol, but this server does not offer it."""

    code = "not_enabled"


class Unauthorized(ChatKitServerError):
    """Nobody we know is asking."""

    code = "unauthorized"
    status = 401


class Forbidden(ChatKitServerError):
    """The caller, or the page the call comes from, may not do this."""

    code = "forbidden"
    status = 403


class NotFound(ChatKitServerError):
    """There is no such thing for this caller; also said of what belongs to somebody else."""

    code = "not_found"
    status = 404


class Conflict(ChatKitServerError):
    """The state of the thread does not allow this now."""

    code = "conflict"
    status = 409


class QuotaExceeded(Conflict):
    """The user keeps as many files, or bytes of files, as they may."""

    code = "quota_exceeded"


class PayloadTooLarge(ChatKitServerError):
    """The body exceeds its limit."""

    code = "payload_too_large"
    status = 413


class RequestTimeout(Malformed):
    """The request did not arrive in time."""

    code = "request_timeout"
    status = 408
    retryable = True


class HeadersTooLarge(Malformed):
    """The head of the request exceeds its limit."""

    code = "headers_too_large"
    status = 431


class ActionRefused(Conflict):
    """The handler of an action has refused it, in the assistant's own words and language."""

    code = "action_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, retry_after=None)


class ActionFailed(ChatKitServerError):
    """The handler of an action has raised something that was not meant for the user."""

    code = "action_failed"


class RateLimited(ChatKitServerError):
    """Too much, too fast."""

    code = "rate_limited"
    status = 429
    retryable = True
    usual_retry_after = 1


class Unavailable(ChatKitServerError):
    """A part this request needs is down; a repeat may work."""

    code = "unavailable"
    status = 503
    retryable = True
    usual_retry_after = 1


class StorageFull(ChatKitServerError):
    """There is no room for files; an operator can make some."""

    code = "storage_full"
    status = 507
    retryable = True


class ConfigurationError(Exception):
    """Something outside the code stops the start; the message says what to do about it."""
