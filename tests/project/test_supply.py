"""What is installed is pinned, and the repository names no place to get it from."""

import re
import tomllib
from collections import defaultdict
from contextvars import ContextVar
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools import pins
from tools.tracked import ROOT, tracked_files

REQUIREMENTS = sorted((ROOT / pins.FOLDER).glob("*.txt"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MOVING = ("openai-chatkit", "openai-agents", "openai", "mcp")


def pinned(path: Path) -> dict[str, str]:
    """Return name → version of one compiled file."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", path.read_text(), re.MULTILINE))


def test_every_compiled_file_is_accounted_for() -> None:
    assert {path.stem for path in REQUIREMENTS} == set(pins.FILES)


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.stem)
@pytest.mark.proves("SEC-70")
def test_every_requirement_is_one_version_with_hashes(path: Path) -> None:
    text = re.sub(r"^\s*#.*\n", "", path.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip()]
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.]+( ; .+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*$", entry), entry


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.stem)
@pytest.mark.proves("SEC-72")
def test_the_pins_were_compiled_from_what_pyproject_says_now(path: Path) -> None:
    assert path.read_text().startswith(pins.header()), "run `make pins`"


def test_a_package_has_the_same_version_wherever_it_is_pinned() -> None:
    versions: dict[str, set[str]] = defaultdict(set)
    for path in REQUIREMENTS:
        for name, pin in pinned(path).items():
            versions[name].add(pin)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.proves("SEC-73", "SDK-1")
def test_the_moving_sdks_are_bounded_above_and_installed_as_pinned() -> None:
    declared = {
        requirement.name: requirement.specifier
        for requirement in map(Requirement, PYPROJECT["project"]["dependencies"])
    }
    pins_to_run = pinned(ROOT / "requirements/run.txt")
    for name in MOVING:
        assert any(part.operator == "<" for part in declared[name]), name
        assert version(name) == pins_to_run[name]


@pytest.mark.proves("SEC-73", "SDK-1")
def test_the_private_names_that_the_chatkit_sdk_takes_from_the_agents_sdk_are_there() -> None:
    for module in ("chatkit.server", "chatkit.agents"):
        import_module(module)
    for module, name in (
        ("agents.models.openai_responses", "_HEADERS_OVERRIDE"),
        ("agents.models.chatcmpl_helpers", "HEADERS_OVERRIDE"),
    ):
        assert isinstance(getattr(import_module(module), name), ContextVar)


# Put together here, so that this file does not name them either.
HOSTS = (
    *("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com"),
    *(
        "npm" + "mirror.com",
        "jsdel" + "ivr.net",
        "un" + "pkg.com",
        "docker" + ".io",
        "ghcr" + ".io",
        "quay" + ".io",
    ),
)
ADDRESSES = "|".join(
    (
        *map(re.escape, HOSTS),
        r"--(extra-)?index" + r"-url",
        r'"resolved"' + r'\s*:\s*"http',
        r"\bregistry" + r"\s*=\s*\S*//",
    )
)
LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "yarn.lock", "pnpm-lock.yaml")


@pytest.mark.proves("SEC-71")
def test_no_file_names_a_package_registry_or_a_download_address() -> None:
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode(errors="ignore")
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(ADDRESSES, line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []


@pytest.mark.proves("SEC-71")
def test_no_lock_file_that_holds_addresses_is_kept() -> None:
    assert [path.name for path in tracked_files() if path.name in LOCK_FILES] == []


@pytest.mark.parametrize(
    "line",
    [
        "https://files." + "python" + "hosted.org/packages/a.whl",
        '"resolved"' + ': "https://example.org/a.tgz"',
        "pip install --index" + "-url https://example.org/simple a",
        "registry" + "=https://example.org/",
    ],
)
def test_an_address_would_be_noticed(line: str) -> None:
    assert re.search(ADDRESSES, line)
