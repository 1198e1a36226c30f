"""What there is to set, to type and to request is documented, and what is documented is there."""

import re
from pathlib import Path

import pytest

from app.settings import Settings, load_settings, variable
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
    spelt = (
        "none"
        if default in (None, ())
        else f"`{str(default).lower() if isinstance(default, bool) else default}`"
    )
    assert row["default"] == spelt


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_a_documented_example_is_accepted(row: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(row["name"], row["example"])
    settings = load_settings()
    assert NAMES[row["name"]] in settings.model_fields_set


LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda p: p.name
)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []
