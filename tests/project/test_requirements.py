"""docs/requirements.md and the tests name the same duties."""

import pytest

from tools import requirements
from tools.requirements import Claim, Requirement


def test_the_document_and_the_tests_agree() -> None:
    documented = requirements.documented(requirements.DOCUMENT.read_text())
    assert list(requirements.problems(documented, requirements.claimed())) == []


def test_every_row_that_looks_like_a_duty_is_read() -> None:
    text = requirements.DOCUMENT.read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and line[2:5] not in {"id ", "---"}]
    assert len(rows) == len(requirements.documented(text))


@pytest.mark.parametrize(
    ("status", "claims", "problem"),
    [
        ("proven", (), "no test names it"),
        ("proven", ("A-1",), ""),
        ("later: part 3", (), ""),
        ("not done: the protocol has no such thing", (), ""),
        ("later:", (), "unknown status"),
        ("nearly", ("A-1",), "unknown status"),
        ("measured: benchmarks/nothing.py", (), "not there"),
        ("later: part 3", ("B-2",), "does not have"),
    ],
)
def test_a_disagreement_is_noticed(status: str, claims: tuple[str, ...], problem: str) -> None:
    rows = [Requirement("A-1", "It holds.", status)]
    found = list(requirements.problems(rows, [Claim(duty, "a test") for duty in claims]))
    assert len(found) == bool(problem)
    assert problem in "".join(found)


def test_a_duty_that_stands_twice_is_noticed() -> None:
    rows = [Requirement("A-1", duty, "later: soon") for duty in ("It holds.", "It holds still.")]
    assert list(requirements.problems(rows, [])) == ["A-1 stands in docs/requirements.md twice"]


def test_claims_are_read_from_decorators_modules_parameters_and_the_page() -> None:
    # Put together here, so that the sample is not itself taken for a claim.
    mark = "pytest.mark." + "proves"
    python = f'pytestmark = {mark}("A-1")\n@{mark}("A-2", "A-3")\ndef test(): ...\nx = [{mark}("A-4")]\n'
    assert {claim.id for claim in requirements.claims_in_python(python, "f")} == {"A-1", "A-2", "A-3", "A-4"}
    page = "x\n  // " + "proves EL-1, EL-2\ntest(\n"
    assert [*requirements.claims_in_typescript(page, "f")] == [Claim("EL-1", "f:2"), Claim("EL-2", "f:2")]


def test_a_claim_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="plain strings"):
        list(requirements.claims_in_python("@mark." + "proves(DUTY)\ndef test(): ...\n", "f"))
