"""Fields that this version does not know, such as those of a newer SDK: kept with an item, shown with it.

The SDK's models hold them as pydantic's extra fields once they are read with `extra="allow"`, but leave them
out when they are serialised. Knows models by their fields alone.
"""

from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json


def complete_json(model: BaseModel, **options: Any) -> str:
    """Return `model.model_dump_json(**options)` with the fields that its classes do not know."""
    if not _has_unknown(model):
        return model.model_dump_json(**options)
    return to_json(complete(model, mode="json", **options), inf_nan_mode="null").decode()


def complete(model: BaseModel, **options: Any) -> dict[str, Any]:
    """Return `model.model_dump(**options)` with them."""
    dumped = model.model_dump(**options)
    _complete(model, dumped)
    return dumped


def _has_unknown(value: object) -> bool:
    match value:
        case BaseModel() if not _serialises_all(value):
            return bool(value.__pydantic_extra__) or any(map(_has_unknown, value.__dict__.values()))
        case list():
            return any(map(_has_unknown, value))
        case _:
            return False


def _complete(value: object, dumped: Any) -> None:
    match value, dumped:
        case BaseModel(), dict() if not _serialises_all(value):
            for name, field in type(value).model_fields.items():
                _complete(value.__dict__.get(name), dumped.get(field.serialization_alias or name))
            for name, unknown in (value.__pydantic_extra__ or {}).items():
                dumped.setdefault(name, unknown)
        case list(), list():
            for part, dumped_part in zip(value, dumped, strict=True):
                _complete(part, dumped_part)
        case _:
            return


def _serialises_all(model: BaseModel) -> bool:
    # So do the components of widgets: a deep tree that need not be looked into.
    return model.model_config.get("extra") == "allow"
