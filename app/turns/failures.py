"""What the user is told when a turn fails, and whether a retry can help.

One table from exceptions to sentences. The exception's own text is never shown: it may hold a prompt, an
address or a key. It is logged by the runner.
"""

from dataclasses import dataclass

import openai
from agents.exceptions import (
    InputGuardrailTripwireTriggered,
    MaxTurnsExceeded,
    MCPToolCancellationError,
    ModelBehaviorError,
    ModelRefusalError,
    ModelTimeoutError,
    OutputGuardrailTripwireTriggered,
    ToolInputGuardrailTripwireTriggered,
    ToolOutputGuardrailTripwireTriggered,
    ToolTimeoutError,
    UserError,
)
from chatkit.errors import CustomStreamError, StreamError

from app.errors import ChatKitServerError


@dataclass(frozen=True, slots=True)
class Failure:
    """`code` stands in `turns.error` and in the logs; `sentence` is for the user."""

    code: str
    sentence: str
    allow_retry: bool


_UNKNOWN = Failure("internal_error", "Something went wrong while answering. Please try again.", True)

# The first class that fits wins, so the more special ones stand first.
_FAILURES: tuple[tuple[type[BaseException], Failure], ...] = (
    (openai.RateLimitError, Failure("model_rate_limited", "The model is busy right now. Please try again in a moment.", True)),
    (openai.AuthenticationError, Failure("model_credentials", "This server is not allowed to use its model. Please tell whoever runs it.", False)),
    (openai.PermissionDeniedError, Failure("model_credentials", "This server is not allowed to use its model. Please tell whoever runs it.", False)),
    (openai.NotFoundError, Failure("model_not_found", "The model this server is set to use does not exist. Please tell whoever runs it.", False)),
    (openai.BadRequestError, Failure("model_rejected", "The model could not work with this conversation. Try to say it differently or start a new one.", False)),
    (openai.APITimeoutError, Failure("model_timeout", "The model took too long to answer. Please try again.", True)),
    (openai.APIConnectionError, Failure("model_unreachable", "The connection to the model was lost. Please try again.", True)),
    (openai.APIError, Failure("model_error", "The model provider reported a problem. Please try again.", True)),
    (ModelTimeoutError, Failure("model_timeout", "The model took too long to answer. Please try again.", True)),
    (ModelRefusalError, Failure("model_refused", "The model declined to answer this.", False)),
    (ModelBehaviorError, Failure("model_incomplete", "The answer could not be finished. You can ask to continue.", False)),
    (MaxTurnsExceeded, Failure("too_many_steps", "This needed more steps than are allowed. Try a smaller request.", False)),
    (ToolTimeoutError, Failure("tool_timeout", "A tool took too long. Please try again.", True)),
    (MCPToolCancellationError, Failure("tool_cancelled", "A tool was stopped before it could finish. Please try again.", True)),
    (InputGuardrailTripwireTriggered, Failure("input_guardrail", "This request is outside of what I may answer here.", False)),
    (OutputGuardrailTripwireTriggered, Failure("output_guardrail", "The answer was withheld because it broke a rule of this service.", False)),
    (ToolInputGuardrailTripwireTriggered, Failure("tool_guardrail", "A tool call was stopped because it broke a rule of this service.", False)),
    (ToolOutputGuardrailTripwireTriggered, Failure("tool_guardrail", "A tool's result was withheld because it broke a rule of this service.", False)),
    (UserError, Failure("misconfigured", "The assistant is not set up correctly. Please tell whoever runs it.", False)),
)  # fmt: skip

INTERRUPTED = Failure("interrupted", "The answer was interrupted because the server restarted.", True)


def describe(error: BaseException) -> Failure:
    """Return what to say about `error`; anything unknown gets a general sentence and a retry."""
    match error:
        case CustomStreamError():
            return Failure("assistant_error", error.message, error.allow_retry)
        case StreamError():
            return Failure(str(error.code), _UNKNOWN.sentence, error.allow_retry)
        case ChatKitServerError():
            return Failure(error.code, error.message, error.retryable)
    for kind, failure in _FAILURES:
        if isinstance(error, kind):
            return failure
    cause = error.__cause__
    return describe(cause) if cause is not None else _UNKNOWN
