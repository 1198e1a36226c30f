"""Which icons ChatKit knows."""

from chatkit.icons import IconName
from pydantic import TypeAdapter, ValidationError

_ICON: TypeAdapter[IconName] = TypeAdapter(IconName)


def known_icon(icon: str | None) -> IconName | None:
    """Return `icon` if ChatKit knows it, else None."""
    try:
        return _ICON.validate_python(icon) if icon is not None else None
    except ValidationError:
        return None


def is_icon(icon: str) -> bool:
    """Say whether ChatKit knows an icon."""
    return known_icon(icon) is not None
