"""A file of the user's called like a package of the server, such as `agents.py`, and found before it.

That is so with PYTHONPATH, and for whoever starts Python with `-m` in that folder.
"""

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path

from app.workflows.reading.packages import OF_THE_SERVER, own_spec


def import_shadowed() -> None:
    """Import the server's packages from where they are installed, if others would be found."""
    for name in OF_THE_SERVER:
        found, own = PathFinder.find_spec(name), own_spec(name)
        if name in sys.modules or own is None or own.origin is None:
            continue
        if found is None or found.origin != own.origin:
            _import_from(Path(own.origin).parent.parent)
            return


def _import_from(folder: Path) -> None:
    sys.path.insert(0, str(folder))
    try:
        for name in OF_THE_SERVER:
            import_module(name)
    finally:
        sys.path.remove(str(folder))
