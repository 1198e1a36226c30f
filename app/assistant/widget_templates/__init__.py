"""Widgets written as `.widget` files (ChatKit Studio makes them), filled with data that may be anybody's.

    template.py   the public class `WidgetTemplate`: a file, read and checked once
    source.py     the template's text, in which no data can reach beyond the place it was given
    rendering.py  data → text, every value of it as JSON
    samples.py    data as a schema has it, so that a template can be tried when it is loaded
    checks.py     what is looked at in a finished widget

The ChatKit SDK's class of this name fills its template as plain text: a value that is not written with
`| tojson` can add components and actions, and the schema in the file is not looked at.
"""

from app.assistant.widget_templates.template import WidgetTemplate, WidgetTemplateError

__all__ = ["WidgetTemplate", "WidgetTemplateError"]
