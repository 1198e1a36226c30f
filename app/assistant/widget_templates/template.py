"""A `.widget` file: read, checked and tried once, when the assistant is loaded; filled as often as you like.

Every sentence about a file names it and, where there is one, the line.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import jsonschema
from chatkit.widgets import DynamicWidgetRoot
from jinja2 import TemplateSyntaxError
from jsonschema.validators import validator_for
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from app.assistant.widget_templates.checks import MAX_BYTES, nulls_in, problem_of
from app.assistant.widget_templates.rendering import compiled, line_of, render
from app.assistant.widget_templates.samples import sample
from app.errors import ConfigurationError

logger = logging.getLogger(__name__)

VERSION = "1.0"
SUFFIX = ".widget"


class WidgetTemplateError(ConfigurationError):
    """A template that cannot be used, or data that does not fit it."""


class WidgetTemplate:
    """A widget whose texts, values and repetitions come from data.

    order = WidgetTemplate.load("order.widget")
    await context.stream_widget(order.build({"title": "Pizza", "price": 9}))

    Safe for data of anybody: no text in it can add a component, an action or a property.
    """

    def __init__(self, definition: Mapping[str, Any], file: str = "the widget template") -> None:
        """Take what a `.widget` file holds; raise `WidgetTemplateError` for what cannot be used."""
        self._file = file
        self._warned: set[str] = set()
        if definition.get("version") != VERSION:
            raise self._error(f"its version must be {VERSION}, and is {definition.get('version')!r}")
        name, template = definition.get("name"), definition.get("template")
        if not isinstance(name, str) or not isinstance(template, str):
            raise self._error("it needs a `name` and a `template`, both of them texts")
        self.name = name
        schema = definition.get("jsonSchema", {})
        self._validator = self._checked_schema(schema)
        try:
            self._template = compiled(template)
        except TemplateSyntaxError as error:
            raise self._error(f"{error.message}", error.lineno) from None
        self._try_out(schema, definition.get("outputJsonPreview"))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a file; a relative path starts at the working directory, as for `CHATKIT_AGENT`."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise WidgetTemplateError(f"{path} cannot be read: {reason}.") from None
        return cls.parse(text, str(path))

    @classmethod
    def load_all(cls, folder: str | Path) -> dict[str, Self]:
        """Read every `.widget` file of a folder, each under its name without the ending."""
        if not Path(folder).is_dir():
            raise WidgetTemplateError(f"There is no folder {folder}.")
        return {path.stem: cls.load(path) for path in sorted(Path(folder).glob(f"*{SUFFIX}"))}

    @classmethod
    def parse(cls, text: str, file: str = "the widget template") -> Self:
        """Take the text of a file; `file` is what errors call it."""
        try:
            definition = json.loads(text)
        except json.JSONDecodeError as error:
            raise WidgetTemplateError(f"{file}, line {error.lineno}: {error.msg}.") from None
        except RecursionError:
            raise WidgetTemplateError(f"{file}: it is nested too deeply.") from None
        if not isinstance(definition, dict):
            raise WidgetTemplateError(f"{file}: it must be a JSON object.")
        return cls(definition, file)

    def build(self, data: Mapping[str, Any] | BaseModel | None = None) -> DynamicWidgetRoot:
        """Return the widget with `data` in it; raise `WidgetTemplateError` if the two do not fit."""
        given = data.model_dump(mode="json") if isinstance(data, BaseModel) else dict(data or {})
        problem = jsonschema.exceptions.best_match(self._validator.iter_errors(given))
        if problem is not None:
            place = f"at {problem.json_path.removeprefix('$.')}: " if problem.path else ""
            raise self._error(f"the data does not fit its jsonSchema: {place}{problem.message[:200]}")
        widget = self._rendered(given)
        self._check(widget)
        try:
            return DynamicWidgetRoot.model_validate(widget)
        except ValidationError as error:
            raise self._error(f"it does not make a widget: {error.errors()[0]['msg']}") from None

    def _rendered(self, data: Mapping[str, Any]) -> Any:
        try:
            text = render(self._template, data)
        except Exception as error:
            # Expressions of the template may raise anything.
            raise self._error(str(error) or type(error).__name__, line_of(error)) from error
        if len(text.encode("utf-8", "replace")) > MAX_BYTES:
            raise self._error(f"it makes a widget of more than {MAX_BYTES:,} bytes")
        try:
            return from_json(text, allow_inf_nan=False)
        except ValueError as error:
            raise self._error(f"what it makes is not JSON: {error}") from None

    def _check(self, widget: Any) -> None:
        if problem := problem_of(widget):
            raise self._error(problem)
        for place in nulls_in(widget):
            if place not in self._warned:
                self._warned.add(place)
                logger.warning(
                    "a widget template has a null, which pages never see",
                    extra={"file": self._file, "place": place},
                )

    def _checked_schema(self, schema: Any) -> Any:
        if not isinstance(schema, dict):
            raise self._error("its `jsonSchema` must be an object")
        if foreign := next(_references(schema), None):
            raise self._error(f"its jsonSchema refers to {foreign!r}, which is outside of the file")
        validator = validator_for(schema, default=jsonschema.Draft202012Validator)
        try:
            validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            raise self._error(f"its `jsonSchema` is not a schema: {error.message}") from None
        return validator(schema)

    def _try_out(self, schema: Any, preview: Any) -> None:
        """Look at what the template makes of made-up data, as far as it can be made up."""
        if isinstance(preview, dict):
            self._check(preview)
        for is_full in (True, False):
            made_up = sample(schema, is_full=is_full)
            try:
                widget = self._rendered(made_up if isinstance(made_up, dict) else {})
            except WidgetTemplateError:
                continue  # not every template can do with just any data; the real data will tell
            self._check(widget)

    def _error(self, what: str, line: int | None = None) -> WidgetTemplateError:
        where = f"{self._file}, line {line} of its template" if line else self._file
        return WidgetTemplateError(f"{where}: {what}.")


def _references(schema: Any) -> Any:
    match schema:
        case dict():
            for name, below in schema.items():
                if name in ("$ref", "$dynamicRef") and not str(below).startswith("#"):
                    yield below
                yield from _references(below)
        case list():
            for below in schema:
                yield from _references(below)
