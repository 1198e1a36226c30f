"""How the entry point of an export is called: with its `WorkflowInput`, or what a changed one takes."""

import inspect
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from app.errors import ConfigurationError

FIELD = "input_as_text"


class _TextInput(BaseModel):
    """For files whose own class was taken out."""

    input_as_text: str

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


def entry_of(module: ModuleType) -> Callable[[str], Awaitable[Any]]:
    """Return what runs a workflow with the text of a message; raise `ConfigurationError` if it takes more."""
    function: Callable[..., Any] = module.run_workflow
    needed = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if len(needed) > 1:
        names = ", ".join(parameter.name for parameter in needed[1:])
        raise ConfigurationError(f"{module.__file__}: run_workflow needs {names} besides its input.")
    made = _maker(module, needed[0].annotation if needed else None)

    async def run(text: str) -> Any:
        answer = function(*([made(text)] if needed else []))
        return await answer if inspect.isawaitable(answer) else answer

    return run


def _maker(module: ModuleType, annotation: object) -> Callable[[str], Any]:
    if isinstance(annotation, str):
        annotation = {"str": str, "dict": dict}.get(annotation, getattr(module, annotation, None))
    if annotation is str:
        return lambda text: text
    if annotation is dict or getattr(annotation, "__origin__", None) is dict:
        return lambda text: {FIELD: text}
    named = annotation if isinstance(annotation, type) else getattr(module, "WorkflowInput", None)
    if not (isinstance(named, type) and issubclass(named, BaseModel)):
        return lambda text: _TextInput(input_as_text=text)
    fields = named.model_fields
    missing = [name for name, field in fields.items() if field.is_required() and name != FIELD]
    if missing or FIELD not in fields:
        raise ConfigurationError(
            f"{module.__file__}: {named.__name__} needs {', '.join(missing) or FIELD}, and a chat has only a "
            f"text: its one field must be {FIELD}."
        )
    return lambda text: named(**{FIELD: text})
