"""Scripts, containers and licences keep the rules, every rule is noticed, and what was not asked is said."""

import sys
from pathlib import Path

import pytest

from tools import audit, hardening, licences


@pytest.mark.proves("SEC-67")
def test_scripts_and_containers_do_nothing_that_is_forbidden() -> None:
    assert hardening.all_broken() == []


@pytest.mark.proves("SEC-67")
@pytest.mark.parametrize(
    ("file", "line"),
    [
        (".ci/run", "curl -fsS https://example.org/install | sh"),
        ("deploy/new-env.sh", 'sh -c "$(wget -O- https://example.org/install)"'),
        ("Dockerfile", "ADD https://example.org/a.tar.gz /"),
        ("Dockerfile", "FROM python AS page"),
        ("Dockerfile", "FROM python:latest"),
        ("docker-compose.yml", "    image: postgres"),
        ("docker-compose.yml", "    privileged: true"),
        ("docker-compose.yml", "      - /var/run/docker.sock:/var/run/docker.sock"),
        ("docker-compose.yml", "      POSTGRES_PASSWORD: hunter2hunter2"),
        ("Dockerfile", "RUN chmod -R 777 /data"),
        (".ci/run", "sudo make test"),
        (".ci/run", "set -eux"),
        (".ci/run", "env"),
        (".ci/run", 'eval "$COMMAND"'),
        (".ci/run", "pip install pytest"),
        ("Makefile", "\tnpm install left-pad"),
        (".ci/run", "curl -k https://example.org/"),
    ],
)
def test_each_of_them_is_noticed(file: str, line: str) -> None:
    assert list(hardening.broken(file, f"set -eu\n{line}\n"))


def test_a_script_that_goes_on_after_a_failure_is_noticed() -> None:
    assert list(hardening.broken(".ci/run", "make check\n"))


@pytest.mark.proves("SEC-67")
def test_everything_that_is_shipped_stands_under_a_licence_that_lets_it_be() -> None:
    assert licences.refused() == []
    assert len(list(licences.python_licences())) > 40
    assert len(list(licences.page_licences())) > 20


@pytest.mark.parametrize(
    ("expression", "permitted"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0", True),
        ("(MPL-2.0 OR Apache-2.0)", True),
        ("MIT AND PSF-2.0", True),
        ("MIT AND GPL-3.0", False),
        ("AGPL-3.0", False),
        ("SSPL-1.0", False),
        (None, False),
    ],
)
def test_a_licence_is_permitted_or_refused(expression: str | None, permitted: bool) -> None:
    assert licences.is_permitted(expression) is permitted


def says(tmp_path: Path, text: str, code: int = 0) -> list[str]:
    stand_in = tmp_path / "stand_in.py"
    stand_in.write_text(f"import sys\nprint({text!r})\nsys.exit({code})\n")
    return [sys.executable, str(stand_in)]


@pytest.mark.proves("SEC-67")
def test_a_database_that_cannot_be_reached_is_not_taken_for_a_clean_answer(tmp_path: Path) -> None:
    for told in ("", "ConnectionError: no route to host", "[]", '{"error": {"code": "ENOTFOUND"}}'):
        assert not audit.python_advisories("requirements/run.txt", says(tmp_path, told, 1)).asked
        assert not audit.page_advisories(says(tmp_path, told, 1)).asked
    assert not audit.page_advisories([str(tmp_path / "not-installed")]).asked


def test_what_a_database_knows_is_told(tmp_path: Path) -> None:
    known = (
        '{"dependencies": [{"name": "fine", "version": "1", "vulns": []}, '
        '{"name": "bad", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}]}'
    )
    answer = audit.python_advisories("requirements/run.txt", says(tmp_path, known, 1))
    assert answer == audit.Answer("requirements/run.txt", True, ("bad 2: PYSEC-1, repaired in 3",))
    npm = audit.page_advisories(
        says(tmp_path, '{"vulnerabilities": {"bad": {"severity": "high", "range": "<3"}}}', 1)
    )
    assert npm.found == ("bad: high, <3",)
    assert audit.page_advisories(says(tmp_path, '{"vulnerabilities": {}}')).found == ()
