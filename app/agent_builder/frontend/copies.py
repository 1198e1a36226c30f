"""Where /chatkit-fetch.js is copied to: pages that are built import it from beside them."""

import os
from importlib.resources import files
from pathlib import Path

SCRIPT, TYPES = "chatkit-fetch.js", "chatkit-fetch.d.ts"


def built(name: str) -> str | None:
    """Return a file of the helper; None in a checkout whose page has not been built."""
    try:
        return files("app").joinpath("static", name).read_text(encoding="utf-8")
    except OSError:
        return None


def places(pages: list[Path]) -> dict[Path, Path]:
    """Return for each page the folder of its copy: one for each package, as deep as its pages allow."""
    packages: dict[Path, list[Path]] = {}
    for page in pages:
        packages.setdefault(_package(page), []).append(page)
    found = {}
    for together in packages.values():
        folder = Path(os.path.commonpath([page.parent for page in together]))
        found.update(dict.fromkeys(together, folder))
    return found


def imported(page: Path, folder: Path) -> str:
    """Return the name by which a page imports the copy in a folder."""
    way = Path(os.path.relpath(folder / SCRIPT, page.parent)).as_posix()
    return way if way.startswith(".") else f"./{way}"


def _package(page: Path) -> Path:
    for folder in page.parents:
        if (folder / "package.json").is_file():
            return folder
    return page.parent
