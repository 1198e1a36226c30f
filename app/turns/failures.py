"""What the user is told when a turn fails, in their language, and whether a retry can help.

One table from exceptions to sentences. The exception's own text is neither shown nor logged above DEBUG: it
may hold a prompt, an address or a key.
"""

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

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
from app.languages import Sentence, translated


@dataclass(frozen=True, slots=True)
class Failure:
    """`code` stands in `turns.error` and in the logs; `sentence` is for the user."""

    code: str
    sentence: Sentence
    allow_retry: bool
    values: Mapping[str, object] = field(default_factory=dict)
    """What fills the places of the sentence."""

    def message(self, language: str) -> str:
        """Return the sentence in a language. What an assistant words itself is in the one it chose."""
        return translated(self.sentence, language, self.values)


class ModelSilent(Exception):
    """The model has said nothing for too long."""


class EmptyAnswer(Exception):
    """The model has ended its answer without a word, and no tool has shown anything."""


class ToolSilent(Exception):
    """A tool has taken too long."""


class RunTooLarge(Exception):
    """A run that needs the user's approval cannot be kept until then."""


class RunOutdated(Exception):
    """A run that the user has approved cannot go on: it was saved by another version, or for other tools."""


class WorkflowDiverged(Exception):
    """A workflow takes another way than it took before it was paused, or its file has changed since."""


class WorkflowFailed(Exception):
    """The code of a workflow has ended itself in a way that no code of a server may."""


class SilentWorkflow(Exception):
    """A workflow has come to its end, and there is nothing of it to be seen."""


class LimitReached(Exception):
    """A workflow has used up what a turn may use."""


class TooManyIterations(LimitReached):
    """A While has begun one more iteration than it may."""


class TooManyRuns(LimitReached):
    """One more agent was to be run than may be."""


class TooLong(LimitReached):
    """The time is over."""


class TooManyTokens(LimitReached):
    """A model was to be asked when all tokens were spent."""


_FAILURES = {
    failure.code: failure
    for failure in (
        Failure("internal_error", "Something went wrong while answering. Please try again.", True),
        Failure("interrupted", "The answer was interrupted because the server restarted.", True),
        Failure("saving_failed", "The answer could not be saved. Please try again.", True),
        Failure("model_rate_limited", "The model is busy right now. Please try again in a moment.", True),
        Failure(
            "model_credentials",
            "This server is not allowed to use its model. Please tell whoever runs it.",
            False,
        ),
        Failure(
            "model_not_found",
            "The model this server is set to use does not exist. Please tell whoever runs it.",
            False,
        ),
        Failure(
            "model_rejected",
            "The model cannot work with this conversation. Try to say it differently.",
            False,
        ),
        Failure("model_timeout", "The model took too long to answer. Please try again.", True),
        Failure("model_unreachable", "The connection to the model was lost. Please try again.", True),
        Failure("model_error", "The model provider reported a problem. Please try again.", True),
        Failure("model_refused", "The model declined to answer this.", False),
        Failure("model_empty", "The model gave no answer. Please try again.", True),
        Failure("model_incomplete", "The answer could not be finished. You can ask to continue.", False),
        Failure("too_many_steps", "This needed more steps than are allowed. Try a smaller request.", False),
        Failure("tool_timeout", "A tool took too long. Please try again.", True),
        Failure("tool_failed", "A tool failed while the answer was written. Please try again.", True),
        Failure("tool_cancelled", "A tool was stopped before it could finish. Please try again.", True),
        Failure("input_guardrail", "This request is outside of what I may answer here.", False),
        Failure(
            "output_guardrail", "The answer was withheld because it broke a rule of this service.", False
        ),
        Failure("tool_guardrail", "A tool was stopped because it broke a rule of this service.", False),
        Failure(
            "run_too_large",
            "This needs your approval, but the conversation is too large to be kept until you have decided. "
            "Nothing was done. Try it in a new conversation.",
            False,
        ),
        Failure(
            "run_outdated",
            "The assistant has changed since you were asked, so this cannot go on. Nothing was done. "
            "Please ask again.",
            False,
        ),
        Failure(
            "workflow_diverged",
            "This cannot go on where it stopped: the assistant has changed, or would take another way now. "
            "Nothing was done twice. Please send your message again.",
            False,
        ),
        Failure("workflow_silent", "The workflow has ended without an answer.", False),
        Failure("workflow_iterations", "The workflow repeated itself too often and was stopped.", False),
        Failure("workflow_runs", "The workflow took more steps than are allowed and was stopped.", False),
        Failure("workflow_time", "The workflow took more time than is allowed and was stopped.", False),
        Failure("workflow_tokens", "The workflow needed more text than is allowed and was stopped.", False),
        Failure(
            "misconfigured", "The assistant is not set up correctly. Please tell whoever runs it.", False
        ),
    )
}

# The first class that fits wins, so the more special ones stand first.
_CODES: tuple[tuple[type[BaseException], str], ...] = (
    (openai.RateLimitError, "model_rate_limited"),
    (openai.AuthenticationError, "model_credentials"),
    (openai.PermissionDeniedError, "model_credentials"),
    (openai.NotFoundError, "model_not_found"),
    (openai.BadRequestError, "model_rejected"),
    (openai.APITimeoutError, "model_timeout"),
    (openai.APIConnectionError, "model_unreachable"),
    (openai.APIError, "model_error"),
    (ModelTimeoutError, "model_timeout"),
    (ModelRefusalError, "model_refused"),
    (ModelBehaviorError, "model_incomplete"),
    (MaxTurnsExceeded, "too_many_steps"),
    (ModelSilent, "model_timeout"),
    (EmptyAnswer, "model_empty"),
    (ToolTimeoutError, "tool_timeout"),
    (ToolSilent, "tool_timeout"),
    (RunTooLarge, "run_too_large"),
    (RunOutdated, "run_outdated"),
    (WorkflowDiverged, "workflow_diverged"),
    (SilentWorkflow, "workflow_silent"),
    (TooManyIterations, "workflow_iterations"),
    (TooManyRuns, "workflow_runs"),
    (TooLong, "workflow_time"),
    (TooManyTokens, "workflow_tokens"),
    (MCPToolCancellationError, "tool_cancelled"),
    (InputGuardrailTripwireTriggered, "input_guardrail"),
    (OutputGuardrailTripwireTriggered, "output_guardrail"),
    (ToolInputGuardrailTripwireTriggered, "tool_guardrail"),
    (ToolOutputGuardrailTripwireTriggered, "tool_guardrail"),
    (UserError, "misconfigured"),
)

# By what a provider calls its own failure in the middle of a stream.
_PROVIDER_CODES = {
    "rate_limit_exceeded": "model_rate_limited",
    "invalid_prompt": "model_rejected",
    "context_length_exceeded": "model_rejected",
    "content_filter": "model_rejected",
}

# How the Agents SDK words such a failure; it hands on nothing else of it.
_FAILED_IN_STREAM = re.compile(
    r"Responses stream ended with terminal event `(?:response\.failed|response\.error|error)`\."
    r"(?:.*?\bcode='?(\w+))?",
    re.DOTALL,
)

INTERRUPTED = _FAILURES["interrupted"]
SAVING_FAILED = _FAILURES["saving_failed"]
_UNKNOWN = _FAILURES["internal_error"]


def describe(error: BaseException) -> Failure:
    """Return what to say about `error`; anything unknown gets a general sentence and a retry."""
    match error:
        case CustomStreamError():
            return Failure("assistant_error", error.message, error.allow_retry)
        case StreamError():
            return Failure(str(error.code), _UNKNOWN.sentence, error.allow_retry)
        case ChatKitServerError():
            return Failure(error.code, error.sentence, error.retryable, error.values)
        case UserError() if error.__cause__ is not None:
            # What the Agents SDK makes of an exception in a tool that does not hand its errors to the model.
            return _FAILURES["tool_failed"]
        case openai.APIError(code=str(code)) if code in _PROVIDER_CODES:
            return _FAILURES[_PROVIDER_CODES[code]]
        case ModelBehaviorError(message=message) if told := _FAILED_IN_STREAM.match(message):
            return _FAILURES[_PROVIDER_CODES.get(told[1], "model_error")]
    for kind, code in _CODES:
        if isinstance(error, kind):
            return _FAILURES[code]
    return describe(error.__cause__) if error.__cause__ is not None else _UNKNOWN


def known(code: str) -> Failure | None:
    """Return the failure that `turns.error` names; None for one that an assistant worded itself."""
    return _FAILURES.get(code)


def origin(error: BaseException) -> str:
    """Return the class and the place of the exception that began it all: what a log may say of it."""
    while error.__cause__ is not None:
        error = error.__cause__
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
    return f"{type(error).__qualname__}{place}"
