"""The integrator's handler of one type of action, and what may be sent to it."""

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, get_type_hints

from pydantic import PydanticSchemaGenerationError, PydanticUndefinedAnnotation, TypeAdapter, ValidationError
from pydantic_core import to_json

from app.errors import Malformed

Handler = Callable[..., Any]
"""`handler(context)` or `handler(context, payload)`; plain, async, or an async generator of events."""

_INVALID = "The payload of the action is not valid: {place}: {problem}."


class Action:
    """A handler whose effects are streamed: it shows events, changes the widget, has the agent answer.

    `once` runs it one time for each widget, however often and wherever the user clicks. `anywhere` takes it
    also where the stored widget does not offer it, or without any widget: the page's own code sends it then,
    with whatever payload. The annotation of the payload is its schema.
    """

    def __init__(self, handler: Handler, *, once: bool = False, anywhere: bool = False) -> None:
        """Raise `TypeError` with a sentence for a handler that cannot be one."""
        self.handler = handler
        self.once = once
        self.anywhere = anywhere
        self._schema = _schema_of(handler)

    def arguments(self, payload: object) -> tuple[object, ...]:
        """Return what the handler takes after its context; raise `BadRequest` for a payload that is wrong."""
        if self._schema is None:
            return ()
        try:
            return (self._schema.validate_json(to_json(payload)),)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = ".".join(str(step) for step in problem["loc"])[:200]
            raise Malformed(_INVALID, place=place or "payload", problem=problem["msg"][:200]) from None


class SyncAction(Action):
    """A handler that is answered at once, also while an answer is being written.

    For actions with `streaming: false`. It returns the changed widget, a function that makes it from the
    stored item, or nothing. Where others have changed the widget while it ran, it is called again with what
    there is then, unless it returns a function: let it be quick, and repeatable.
    """


def declared(actions: Mapping[str, Action | Handler]) -> Mapping[str, Action]:
    """Return the actions of an assistant, each with its handler read; raise `TypeError` for a wrong one."""
    return MappingProxyType(
        {kind: action if isinstance(action, Action) else Action(action) for kind, action in actions.items()}
    )


def _schema_of(handler: Handler) -> TypeAdapter[Any] | None:
    name = getattr(handler, "__qualname__", repr(handler))
    if isinstance(handler, type) or not callable(handler):
        raise TypeError(f"the handler of an action is a function of its context, not {name}")
    parameters = list(inspect.signature(handler).parameters.values())
    if len(parameters) not in (1, 2) or any(parameter.kind in _LOOSE for parameter in parameters):
        raise TypeError(f"the handler {name} must take a context, or a context and a payload")
    if len(parameters) == 1:
        return None
    hints = get_type_hints(
        handler if inspect.isroutine(handler) else handler.__call__,  # type: ignore[operator]
        include_extras=True,
    )
    if parameters[1].name not in hints:
        raise TypeError(
            f"the payload of the handler {name} needs an annotation: anybody may have written it, and what "
            "does not fit is refused"
        )
    try:
        return TypeAdapter(hints[parameters[1].name])
    except (PydanticSchemaGenerationError, PydanticUndefinedAnnotation) as error:
        raise TypeError(f"the payload of the handler {name} has no schema: {error.message}") from None


_LOOSE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
