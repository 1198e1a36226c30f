"""Dockerfile and compose file: what they name exists, and they keep what they promise."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings, load_settings, variable
from tools.npm import OLDEST_NODE
from tools.tracked import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
VARIABLES = {variable(name) for name in Settings.model_fields}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@dataclass
class Stage:
    """One FROM with the instructions that follow it."""

    image: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, kind: str) -> list[str]:
        return [value for instruction, value in self.instructions if instruction == kind]


def stages() -> list[Stage]:
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    found: list[Stage] = []
    for line in filter(str.strip, text.replace("\\\n", " ").splitlines()):
        instruction, _, value = line.strip().partition(" ")
        if instruction == "FROM":
            image, _, name = value.partition(" AS ")
            found.append(Stage(image, name))
        else:
            found[-1].instructions.append((instruction, value.strip()))
    return found


STAGES = stages()
FINAL = STAGES[-1]
COMMAND: list[str] = yaml.safe_load(FINAL.all("CMD")[0])


def option(name: str) -> str:
    """Return the value that the image's command gives to `--name`."""
    return COMMAND[COMMAND.index(f"--{name}") + 1]


def environment(stage: Stage) -> dict[str, str]:
    return dict(word.split("=", 1) for value in stage.all("ENV") for word in shlex.split(value))


@pytest.mark.proves("SEC-62")
def test_the_image_runs_as_a_numbered_user_and_writes_to_one_volume() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", FINAL.all("USER")[-1])
    assert FINAL.all("VOLUME") == [environment(FINAL)["CHATKIT_DATA_DIR"]] == FINAL.all("WORKDIR")


def test_what_the_image_copies_is_there_and_reaches_the_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    for stage in STAGES:
        for copy in stage.all("COPY"):
            words = copy.split()
            if words[0].startswith("--from="):
                assert words[0].removeprefix("--from=") in {other.name for other in STAGES}
                continue
            for source in words[:-1]:
                assert (ROOT / source).exists(), source
                top = source.split("/")[0]
                assert {f"!{top}", f"!{top}/"} & set(ignored), source


def test_everything_the_image_installs_has_its_hash() -> None:
    commands = [part.strip() for stage in STAGES for run in stage.all("RUN") for part in run.split("&&")]
    installs = [command for command in commands if re.search(r"\bpip\b.* (install|wheel) ", command)]
    for command in installs:
        assert "--require-hashes" in command or "--no-deps" in command, command
    assert any(command == "npm ci" for command in commands)
    assert not any("embedded" in command for command in commands)


def test_base_images_have_versions_that_the_project_supports() -> None:
    for stage in STAGES:
        image, _, tag = stage.image.partition(":")
        version = tuple(map(int, re.findall(r"\d+", tag)[:2]))
        oldest = {"python": (3, 11), "node": OLDEST_NODE}[image]
        assert version >= oldest
    assert PYPROJECT["project"]["requires-python"] == ">=3.11"


def test_the_image_starts_our_command_with_options_that_it_has() -> None:
    assert yaml.safe_load(FINAL.all("ENTRYPOINT")[0]) == list(PYPROJECT["project"]["scripts"])
    for command in (COMMAND, SERVICES["migrate"]["command"]):
        words = [word for word in command if re.fullmatch(r"[a-z]+", word)]
        told = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from app.cli import main; main(sys.argv[1:])",
                *words,
                "--help",
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert all(word in told for word in command if word.startswith("--"))


def test_the_health_check_asks_the_port_served_for_a_route_there_is() -> None:
    from app.ops.health import health_router

    check = FINAL.all("HEALTHCHECK")[0]
    asked = re.search(r"'(/\w+)'", check)
    assert asked
    assert asked[1] in {getattr(route, "path", None) for route in health_router(None, None).routes}  # type: ignore[arg-type]
    assert f"'127.0.0.1', {option('port')}," in check
    assert FINAL.all("EXPOSE") == [option("port")]
    compile(yaml.safe_load(check[check.index("[") :])[-1], "HEALTHCHECK", "exec")


@pytest.mark.parametrize(
    "names", [environment(FINAL), *(service["environment"] for service in SERVICES.values())]
)
def test_every_setting_that_is_set_exists(names: dict[str, Any]) -> None:
    assert {name for name in names if name.startswith("CHATKIT_")} <= VARIABLES


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.proves("SEC-62")
def test_every_service_is_unprivileged_on_a_read_only_file_system(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] not in {"root", "0", "0:0"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "/tmp" in service["tmpfs"]


def test_the_server_waits_for_the_schema_and_the_schema_for_the_database() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert SERVICES["database"]["healthcheck"]["test"][1] == "pg_isready"
    assert SERVICES["server"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    grace = int(SERVICES["server"]["stop_grace_period"].removesuffix("s"))
    assert grace > Settings.model_fields["drain_seconds"].default


def test_what_services_mount_and_join_is_declared() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"]
        assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert SERVICES["database"]["networks"] == ["data"]
    assert COMPOSE["networks"]["data"] == {"internal": True}


def test_only_loopback_is_published_which_is_why_guests_are_let_in() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published == [f"127.0.0.1:${{PORT:-8000}}:{option('port')}"]


def test_passwords_have_no_default_and_the_server_does_not_get_the_owners() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    used = set(re.findall(r"\$\{(\w*PASSWORD)([^}]{0,2})", text))
    assert used
    assert {how for _, how in used} == {":?"}
    assert "OWNER" not in str(SERVICES["server"]["environment"])
    assert "ADMIN" not in str(SERVICES["migrate"]["environment"])


@pytest.fixture
def deployment(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    return tmp_path


def new_env(deployment: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "deploy/new-env.sh"], cwd=deployment, capture_output=True, text=True, check=False
    )


def passwords(deployment: Path) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.+)$", (deployment / ".env").read_text(), re.MULTILINE))


def test_new_passwords_are_private_distinct_and_never_replaced(deployment: Path) -> None:
    assert new_env(deployment).returncode == 0
    env = deployment / ".env"
    assert env.stat().st_mode & 0o777 == 0o600
    assert len(set(passwords(deployment).values())) == 3
    assert all(re.fullmatch(r"[0-9a-f]{48}", password) for password in passwords(deployment).values())
    before = env.read_text()
    assert new_env(deployment).returncode == 1
    assert env.read_text() == before


def test_the_environment_of_the_server_makes_valid_settings(
    deployment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_env(deployment)
    values = passwords(deployment)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in (environment(FINAL) | SERVICES["server"]["environment"]).items():
        if value is not None and name in VARIABLES:
            monkeypatch.setenv(name, re.sub(r"\$\{(\w+)[^}]*\}", lambda found: values[found[1]], value))
    settings = load_settings(host=option("host"), port=int(option("port")))
    assert settings.database_url is not None
    assert values["DATABASE_APP_PASSWORD"] in settings.database_url.get_secret_value()
