"""The page of the doctor names every rule, as grave as it is and for the same reason."""

import re

import pytest

from app.ops.doctor.findings import RULES
from tools.tracked import ROOT


@pytest.mark.proves("REL-52")
def test_every_rule_is_documented_with_its_severity_and_reason() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| (problem|note) \| (.+) \|$", (ROOT / "docs/doctor.md").read_text(), re.MULTILINE
    )
    assert {rule: (severity, why) for rule, severity, why in rows} == {
        rule: (str(severity), why) for rule, (severity, why) in RULES.items()
    }


def test_every_rule_can_be_found() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "app/ops/doctor").glob("*.py"))
    assert [rule for rule in RULES if sources.count(f'"{rule}"') < 2] == []
