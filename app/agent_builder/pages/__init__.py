"""Reports as pages that need nothing else: no script, no font, no address. All that is put in is escaped.

report.html        what all pages have around them
archive_findings.html  what is wrong in the archive itself, in either of them
report.css         how they look, in light and dark, down to the width of a phone
verification.html  what `verify` has found
comparison.html    what `compare` has found
"""

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.errors import ConfigurationError


def rendered(template: str, now: datetime | None = None, **values: object) -> str:
    """Return a page; `made` says in it when it was."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made = (now or datetime.now(UTC)).strftime("%d %B %Y, %H:%M UTC")
    return environment.get_template(template).render(made=made, **values)


def write(text: str, path: Path) -> None:
    """Write a report, a new file for its owner alone; raise `ConfigurationError` where it cannot be."""
    try:
        path.touch(0o600)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"The report cannot be written to {path}: {error.strerror}.") from None


def check_writable(path: Path) -> None:
    """Raise `ConfigurationError` where a report could not be written, before it has cost anything."""
    existed = path.exists()
    try:
        with path.open("ab"):
            pass
    except OSError as error:
        raise ConfigurationError(f"The report cannot be written to {path}: {error.strerror}.") from None
    if not existed:
        path.unlink()
