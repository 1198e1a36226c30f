"""The type of what is translated."""

from typing import TypeAlias

Sentence: TypeAlias = str
"""English that a person may read, with `{places}` for values, and a translation in every catalogue.

The annotation is the mark: a string that is written for a parameter, a field or a constant of this type is
looked for in the catalogues, so it has to be a literal there, neither joined nor formatted.
"""
