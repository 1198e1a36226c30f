"""What there is to set, to type and to request is documented, and what is documented is there."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.cli import _parser
from app.errors import ChatKitServerError
from app.settings import Settings, load_settings, variable
from tests.serving import serving
from tools.tracked import ROOT

SETTINGS = ROOT / "docs/settings.md"
ROW = re.compile(r"\| `(?P<name>\w+)` \| (?P<default>\S+) \| (?P<meaning>[^|]+) \| `(?P<example>[^`]+)` \|")
NAMES = {variable(name): name for name in Settings.model_fields}


def rows() -> list[dict[str, str]]:
    lines = [line for line in SETTINGS.read_text().splitlines() if line.startswith("| `")]
    found = [ROW.fullmatch(line) for line in lines]
    return [row.groupdict() if row else {"name": line} for row, line in zip(found, lines, strict=True)]


@pytest.mark.proves("REL-52")
def test_every_setting_is_documented_once() -> None:
    assert sorted(row["name"] for row in rows()) == sorted(NAMES)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
@pytest.mark.proves("REL-52")
def test_a_documented_default_is_the_default(row: dict[str, str]) -> None:
    default = Settings.model_fields[NAMES[row["name"]]].default
    assert row["default"] == spelt(default)


def spelt(default: object) -> str:
    """The default of a setting as a reader would type it."""
    match default:
        case None | ():
            return "none"
        case bool():
            return f"`{str(default).lower()}`"
        case tuple():
            return f"`{','.join(default)}`"
        case _:
            return f"`{default}`"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_a_documented_example_is_accepted(row: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(row["name"], row["example"])
    settings = load_settings()
    assert NAMES[row["name"]] in settings.model_fields_set


def documented(page: str, heading: str) -> dict[str, str]:
    """Return the table below `heading`: what its first column names in backquotes → its second column."""
    text = (ROOT / "docs" / page).read_text()
    table = text[text.index(f"| {heading} |") :].partition("\n\n")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|", table, re.MULTILINE))


def commands(parser: argparse.ArgumentParser, *above: str) -> Iterator[str]:
    """Yield the full name of every command that can be run."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield " ".join(above)
    for action in below:
        for name, command in action.choices.items():
            yield from commands(command, *above, name)


@pytest.mark.proves("REL-52")
def test_every_command_is_documented_and_the_other_way_round() -> None:
    assert set(documented("commands.md", "command")) == set(commands(_parser()))


@pytest.mark.proves("REL-52")
async def test_every_route_is_documented_with_its_methods(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(database_url), data_dir=tmp_path)
    async with serving(settings) as running:
        there = dict(routes(running.http.config.app))
    assert documented("http.md", "route") == there


def routes(router: Any) -> Iterator[tuple[str, str]]:
    """Yield path and methods of every route of an application, those of included routers too."""
    for route in router.routes:
        if included := getattr(route, "original_router", None):
            yield from routes(included)
        else:
            yield route.path, ", ".join(sorted(getattr(route, "methods", None) or {"GET", "HEAD"}))


@pytest.mark.proves("REL-52")
def test_every_error_is_documented_with_its_status() -> None:
    there = {error.code: str(error.status) for error in family(ChatKitServerError)}
    assert documented("http.md", "code") == there


def family(error: type[ChatKitServerError]) -> Iterator[type[ChatKitServerError]]:
    if error.__module__ == "app.errors":
        yield error
    for kind in error.__subclasses__():
        yield from family(kind)


LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda p: p.name
)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []
