"""Data into a template: every value goes in as JSON, at the place where it is."""

from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic_core import from_json, to_json

from app.assistant.widget_templates.source import AS_JSON, IN_STRING, made_safe

NAME = "<widget>"
"""Name of every template in tracebacks."""


class _Json(str):
    """Text that is JSON already. Whatever is done to it makes a plain text of it again."""

    __slots__ = ()


def compiled(source: str) -> Template:
    """Return a template ready to be rendered; raise `jinja2.TemplateSyntaxError` where it cannot be used."""
    code = _ENVIRONMENT.compile(made_safe(source), filename=NAME)
    return Template.from_code(_ENVIRONMENT, code, _ENVIRONMENT.make_globals(None))


def render(template: Template, data: Mapping[str, Any]) -> str:
    """Return the text of a widget; raises whatever an expression of the template raises."""
    return template.render(data)


def line_of(error: BaseException) -> int | None:
    """Return the line of the template at which it raised."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _as_json(value: Any, indent: int | None = None) -> _Json:  # noqa: ARG001 - Jinja's own filter has it
    if isinstance(value, Undefined):
        str(value)  # raises, and says which name is missing
    return value if isinstance(value, _Json) else _Json(to_json(value, inf_nan_mode="null").decode())


def _in_string(value: Any) -> str:
    known = from_json(value) if isinstance(value, _Json) else value
    if known is None:
        return ""
    return _as_json(known if isinstance(known, str) else str(_as_json(known)))[1:-1]


def _environment() -> ImmutableSandboxedEnvironment:
    # Templates make JSON: escaping for HTML would change what people read.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters |= {"tojson": _as_json, AS_JSON: _as_json, IN_STRING: _in_string}
    return environment


_ENVIRONMENT = _environment()
